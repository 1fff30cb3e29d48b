using System.Net;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Events;
using LittleService.Jobs.Testing;

namespace LittleService.FunctionalTests.Accounts;

public sealed class SessionTests(Service service, Servers servers) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SigningOutEndsTheSessionItselfNotOnlyTheCookie()
    {
        var (browser, _) = await service.SignInAsync();
        var stolen = new Browser(service.Client) { Cookies = new(browser.Cookies) };

        using var answer = await browser.PostSignOutAsync();

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.DoesNotContain("__Host-session", browser.Cookies.Keys);
        Assert.Null(await stolen.NameAsync());
    }

    [Fact]
    public async Task DisabledAccountIsOutWithTheNextRequestEverywhere()
    {
        var other = service.StartApi();
        var (browser, name) = await service.SignInAsync();
        var admin = (await service.SignInAsync(Role.Admin)).Browser;
        Assert.Equal(name, await browser.At(other).NameAsync());

        await admin.ChangeAccountAsync(await IdAsync(name), "state");

        Assert.Null(await browser.NameAsync());
        Assert.Null(await browser.At(other).NameAsync());
        using var again = await new Browser(service.Client).SignInAsync(name, People.Password);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task LesserRoleHoldsWithTheNextRequest()
    {
        var (browser, name) = await service.SignInAsync(Role.Admin);
        var admin = (await service.SignInAsync(Role.Admin)).Browser;
        await browser.PageAsync("/admin/accounts");

        await admin.ChangeAccountAsync(await IdAsync(name), "role", "writer");

        using var list = await browser.GetAsync("/admin/accounts");
        using var one = await browser.GetAsync($"/admin/accounts/{await IdAsync(name)}");
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.StatusCode, one.StatusCode));
    }

    [Fact]
    public async Task NewPasswordEndsAllOtherSessions()
    {
        var (browser, name) = await service.SignInAsync();
        var before = new Browser(service.Client) { Cookies = new(browser.Cookies) };
        var elsewhere = new Browser(service.Client);
        (await elsewhere.SignInAsync(name, People.Password)).Dispose();

        var weak = await browser.PostedAsync("/account", "password", ("Form.Password", People.Password), ("Form.New", "password1234"));
        var wrong = await browser.PostedAsync("/account", "password", ("Form.Password", "not the password"), ("Form.New", "Glacier-Pickle-Orbit-7"));
        Assert.Equal((name, name), (await before.NameAsync(), await elsewhere.NameAsync()));
        var changed = await browser.PostedAsync("/account", "password", ("Form.Password", People.Password), ("Form.New", "Glacier-Pickle-Orbit-7"));

        Assert.Contains("too common", weak, StringComparison.Ordinal);
        Assert.Contains("is wrong", wrong, StringComparison.Ordinal);
        Assert.Contains("Your password is changed", changed, StringComparison.Ordinal);
        Assert.Equal(name, await browser.NameAsync());
        Assert.Null(await before.NameAsync());
        Assert.Null(await elsewhere.NameAsync());
        using var old = await new Browser(service.Client).SignInAsync(name, People.Password);
        using var now = await new Browser(service.Client).SignInAsync(name, "Glacier-Pickle-Orbit-7");
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Redirect), (old.StatusCode, now.StatusCode));
    }

    [Fact]
    public async Task SessionEndsWhenIdleAndAfterItsLongestTime()
    {
        var clock = new JobClock();
        var api = service.StartApi(clock);
        var (idle, _) = await service.SignInAsync(api: api);
        var (busy, name) = await service.SignInAsync(api: api);

        for (var used = TimeSpan.Zero; used < SessionStore.Longest - SessionStore.Idle; used += SessionStore.Idle * 0.9)
        {
            Assert.Equal(name, await busy.NameAsync());
            clock.Advance(SessionStore.Idle * 0.9);
        }

        Assert.Null(await idle.NameAsync());
        Assert.Equal(name, await busy.NameAsync());
        clock.Advance(SessionStore.Idle * 0.9);
        _ = await busy.NameAsync();
        clock.Advance(SessionStore.Idle * 0.9);
        _ = await busy.NameAsync();
        Assert.Null(await busy.NameAsync());
    }

    [Fact]
    public async Task LongestTimeIsThatOfTheSessionNotOfTheCookieAlone()
    {
        var (browser, name) = await service.SignInAsync();

        await service.ExecuteAsync($"update sessions set created_at = now() - interval '12 hours' where account_id = '{await IdAsync(name)}'");

        Assert.Null(await browser.NameAsync());
    }

    [Fact]
    public async Task SignInStartsASessionOfItsOwn()
    {
        var (browser, name) = await service.SignInAsync();
        var before = new Browser(service.Client) { Cookies = new(browser.Cookies) };

        (await browser.SignInAsync(name, People.Password)).Dispose();

        Assert.Equal(name, await browser.NameAsync());
        Assert.Null(await before.NameAsync());
    }

    [Fact]
    public async Task ReplicasAndRestartsShareSessionsAndAnEmptiedRedisEndsNone()
    {
        await using var redis = await new RedisServer().StartAsync();
        (string, string) setting = ("ConnectionStrings:redis", redis.Connection);
        var (browser, name) = await service.SignInAsync(api: service.StartApi(setting));

        await redis.ExecuteAsync("FLUSHALL");

        Assert.Equal(name, await browser.NameAsync());
        Assert.Equal(name, await browser.At(service.StartApi(setting)).NameAsync());
        Assert.Contains("Your keys", await browser.At(service.StartApi(setting)).PageAsync("/keys"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReplicasThatAreFirstAskedAtOnceShareOneKey()
    {
        await using var own = new Service(servers);
        await own.InitializeAsync();

        var replicas = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => own.StartApi())));
        // A page with a form needs a key.
        await Task.WhenAll(replicas.Select(replica => replica.GetStringAsync("/sign-in", Stop)));

        var (browser, name) = await own.SignInAsync(api: replicas[0]);
        Assert.Equal(1, await own.ScalarAsync<long>("select count(*) from data_protection_keys"));
        foreach (var replica in replicas) Assert.Equal(name, await browser.At(replica).NameAsync());
    }

    private Task<Guid> IdAsync(string name) => service.ScalarAsync<Guid>($"select id from accounts where name = '{name}'");
}
