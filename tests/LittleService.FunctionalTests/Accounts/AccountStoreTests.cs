using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>Changes of one account that meet each other.</summary>
public sealed class AccountStoreTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private Process<App> _api = null!;
    private AsyncServiceScope _scope;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private UserManager<Account> Users => _scope.ServiceProvider.GetRequiredService<UserManager<Account>>();

    [Fact]
    public async Task ChangeThatWasUnderWayDoesNotUndoAnother()
    {
        var name = await _service.AddPersonAsync();
        var (account, read) = ((await Users.FindByNameAsync(name))!, (await Users.FindByNameAsync(name))!);
        account.DisabledAt = DateTime.UtcNow;
        Assert.True((await Users.UpdateAsync(account)).Succeeded);

        var result = await Users.ChangePasswordAsync(read, People.Password, "Glacier-Pickle-Orbit-7");

        Assert.Equal("ConcurrencyFailure", Assert.Single(result.Errors).Code);
        Assert.True((await Users.FindByNameAsync(name))!.Disabled);
    }

    [Fact]
    public async Task SessionOfAPasswordThatWasChangedMeanwhileIsNotStarted()
    {
        var account = (await Users.FindByNameAsync(await _service.AddPersonAsync()))!;
        var (sessions, stamp) = (_api.Services.GetRequiredService<SessionStore>(), account.SecurityStamp);
        Assert.NotNull(await sessions.StartAsync(account.Id, stamp, Stop));

        await Users.ChangePasswordAsync(account, People.Password, "Glacier-Pickle-Orbit-7");

        Assert.Null(await sessions.StartAsync(account.Id, stamp, Stop));
        Assert.Equal(0, await _service.ScalarAsync<long>($"select count(*) from sessions where account_id = '{account.Id}'"));
    }

    [Fact]
    public async Task KeyThatWasAskedForBeforeAResetIsNotAddedAfterIt()
    {
        var account = (await Users.FindByNameAsync(await _service.AddPersonAsync()))!;
        var keys = _api.Services.GetRequiredService<ApiKeyStore>();
        var bySession = new Caller(account.Id, account.Name, Role.Reader) { Stamp = account.SecurityStamp };
        var byKey = await keys.FindAsync($"{await keys.AddAsync(bySession, "first", Role.Reader, TimeSpan.FromDays(1), Stop)}", Stop);
        Assert.NotNull(await keys.AddAsync(byKey!, "second", Role.Reader, TimeSpan.FromDays(1), Stop));

        await _scope.ServiceProvider.GetRequiredService<AccountStore>().ResetAsync(account, Stop);

        foreach (var caller in (Caller[])[bySession, byKey!])
            Assert.Null(await keys.AddAsync(caller, "late", Role.Reader, TimeSpan.FromDays(1), Stop));
        Assert.Equal(0, await _service.ScalarAsync<long>($"select count(*) from api_keys where account_id = '{account.Id}'"));
    }

    [Fact]
    public async Task OfTwoAdminsWhoDemoteEachOtherAtOnceOneStays()
    {
        await _service.ExecuteAsync("update accounts set role = 'reader' where role = 'admin'");
        var names = new[] { await _service.AddPersonAsync(Role.Admin), await _service.AddPersonAsync(Role.Admin) };

        var results = await Task.WhenAll(names.Select(async name =>
        {
            await using var scope = _api.Services.CreateAsyncScope();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<Account>>();
            var account = (await users.FindByNameAsync(name))!;
            account.Role = Role.Reader;
            return await users.UpdateAsync(account);
        }));

        Assert.Single(results, result => result.Succeeded);
        Assert.Equal(1, await _service.ScalarAsync<long>("select count(*) from accounts where role = 'admin'"));
    }

    [Fact]
    public async Task CodeThatIsSentTwiceAtOnceIsTakenOnce()
    {
        var name = await _service.AddPersonAsync();
        var key = Users.GenerateNewAuthenticatorKey();
        var account = (await Users.FindByNameAsync(name))!;
        var store = _scope.ServiceProvider.GetRequiredService<AccountStore>();
        await store.SetAuthenticatorKeyAsync(account, key, Stop);
        await store.ReplaceCodesAsync(account, ["12345 12345 12345 12345"], Stop);
        Assert.True((await Users.UpdateAsync(account)).Succeeded);

        foreach (var code in (string[])[Totp.Code(Totp.Read(key)!, DateTimeOffset.UtcNow), "12345 12345 12345 12345"])
        {
            var browsers = Enumerable.Range(0, 4).Select(_ => new Browser(_service.Client)).ToList();
            foreach (var browser in browsers) (await browser.SignInAsync(name, People.Password)).Dispose();
            var answers = await Task.WhenAll(browsers.Select(browser => browser.PostAsync("/sign-in/code", "code", ("Code", code))));
            var names = await Task.WhenAll(browsers.Select(browser => browser.NameAsync()));

            Assert.Single(names, name);
            foreach (var answer in answers) answer.Dispose();
        }
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _api = new(_service.Settings);
        _api.Start().Dispose();
        _scope = _api.Services.CreateAsyncScope();
    }

    public async ValueTask DisposeAsync()
    {
        await _scope.DisposeAsync();
        await _api.DisposeAsync();
        await _service.DisposeAsync();
    }
}
