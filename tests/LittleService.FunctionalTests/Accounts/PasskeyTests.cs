using System.Net;
using System.Text.Json;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>Passkeys behind a proxy that ends TLS for another host name: what a browser refuses to do is tried too.</summary>
public sealed class PasskeyTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private readonly SoftPasskey _passkey = new();
    private HttpClient _api = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PasskeySignsInWithoutANameInEveryReplica()
    {
        var (owner, name) = await AddAsync();
        var other = _service.StartApi(("FORWARDEDHEADERS_ENABLED", "true"));
        var browser = Behind(new(_api));
        var challenge = await ChallengeAsync(browser, "/sign-in/passkey");

        using var answer = await SignInAsync(Behind(browser.At(other)), _passkey.Get(challenge));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal((name, name), (await browser.NameAsync(), await owner.NameAsync()));
        Assert.Equal(1, await _service.ScalarAsync<long>($"select count(*) from audit where what = 'account.passkey_added' and who = '{name}' and details = 'Phone'"));
    }

    [Theory]
    [InlineData("https://evil.example", "shop.example")]
    [InlineData("https://sub.shop.example", "shop.example")]
    [InlineData("http://shop.example", "shop.example")]
    [InlineData("https://shop.example:8443", "shop.example")]
    [InlineData("https://shop.example", "evil.example")]
    public async Task WhatWasSignedForAnotherSiteIsRefused(string origin, string domain)
    {
        await AddAsync();
        (_passkey.Origin, _passkey.Domain) = (origin, domain);

        Assert.False(await IsSignedInAsync());
    }

    [Theory]
    [InlineData("https://shop.example", true)]
    [InlineData("https://other.shop.example", false)]
    [InlineData("https://evil.shop.example", false)]
    public async Task PasskeyOfAWholeDomainIsTakenAtTheNamedOriginsOnly(string origin, bool taken)
    {
        _api = _service.StartApi(
            ("FORWARDEDHEADERS_ENABLED", "true"), ("Accounts:Passkeys:ServerDomain", "shop.example"), ("Accounts:Passkeys:Origins:0", "https://Shop.example/"));
        await AddAsync();
        _passkey.Origin = origin;
        var browser = new Browser(_api) { Headers = { ["X-Forwarded-Proto"] = "https", ["X-Forwarded-Host"] = new Uri(origin).Host } };

        (await SignInAsync(browser, _passkey.Get(await ChallengeAsync(browser, "/sign-in/passkey")))).Dispose();

        Assert.Equal(taken, await browser.NameAsync() is not null);
    }

    [Fact]
    public async Task TransportsThatNobodyKnowsAreLeftOut()
    {
        _passkey.Transports = ["usb", "\0", "carrier pigeon", "usb"];

        await AddAsync();

        Assert.Equal(["usb"], await _service.ScalarAsync<string[]>("select transports from passkeys"));
    }

    [Fact]
    public async Task ChallengeIsGoodForOneSignIn()
    {
        await AddAsync();
        var browser = Behind(new(_api));
        var credential = _passkey.Get(await ChallengeAsync(browser, "/sign-in/passkey"));
        (await SignInAsync(browser, credential)).Dispose();
        await browser.PostSignOutAsync();

        using var replayed = await SignInAsync(browser, credential);
        await ChallengeAsync(browser, "/sign-in/passkey");
        using var forAnother = await SignInAsync(browser, credential);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (replayed.StatusCode, forAnother.StatusCode));
        Assert.Null(await browser.NameAsync());
    }

    [Fact]
    public async Task CopyThatSignedLessOftenIsRefused()
    {
        await AddAsync();
        Assert.True(await IsSignedInAsync());

        _passkey.Count--;

        Assert.False(await IsSignedInAsync());
    }

    [Fact]
    public async Task PasskeyOfADisabledAccountIsRefused()
    {
        var (_, name) = await AddAsync();

        await _service.ExecuteAsync($"update accounts set disabled_at = now() where name = '{name}'");

        Assert.False(await IsSignedInAsync());
    }

    [Fact]
    public async Task PasskeyOfOneAccountIsNotAddedToAnother()
    {
        await AddAsync();
        var (thief, _) = await SignInAsync();
        var challenge = await ChallengeAsync(thief, "/account/passkeys/challenge", ("Form.Password", People.Password));

        using var answer = await thief.PostAsync("/account/passkeys", "add-passkey", ("Form.Name", "Stolen"), ("Credential", _passkey.Create(challenge)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(1, await _service.ScalarAsync<long>("select count(*) from passkeys"));
    }

    [Fact]
    public async Task SecondStepEndsWithThePasswordItBeganWith()
    {
        var name = await _service.AddPersonAsync();
        await _service.ExecuteAsync($"update accounts set totp_secret = 'x' where name = '{name}'");
        var browser = Behind(new(_api));
        (await browser.SignInAsync(name, People.Password)).Dispose();
        await ChallengeAsync(browser, "/sign-in/passkey");
        Assert.Contains("Code of your authenticator app", await browser.PageAsync("/sign-in/code"), StringComparison.Ordinal);

        await _service.ExecuteAsync($"update accounts set security_stamp = 'another' where name = '{name}'");

        Assert.Contains("This sign-in is over.", await browser.PageAsync("/sign-in/code"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SessionAloneIsNotEnoughToAddOne()
    {
        var (browser, name) = await SignInAsync();

        using var wrong = await browser.PostToAsync("/account/passkeys/challenge", "/account/passkeys", ("Form.Password", "not the password"));
        using var without = await browser.PostAsync("/account/passkeys", "add-passkey", ("Form.Name", "Mine"), ("Credential", "{}"));
        using var nobody = await browser.PostAsync("/account/passkeys", "add-passkey", ("Form.Name", "Mine"));

        await ProblemAssert.IsAsync(wrong, HttpStatusCode.BadRequest);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (without.StatusCode, nobody.StatusCode));
        Assert.Equal(name, await browser.NameAsync());
        Assert.Equal(0, await _service.ScalarAsync<long>("select count(*) from passkeys"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("not json")]
    [InlineData("""{"id":"AA","type":"public-key","response":{}}""")]
    public async Task WhatNoPasskeySignedIsRefused(string credential)
    {
        var browser = Behind(new(_api));
        await ChallengeAsync(browser, "/sign-in/passkey");

        using var answer = await SignInAsync(browser, credential);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _api = _service.StartApi(("FORWARDEDHEADERS_ENABLED", "true"));
    }

    public ValueTask DisposeAsync()
    {
        _passkey.Dispose();
        return _service.DisposeAsync();
    }

    private static Browser Behind(Browser browser)
    {
        (browser.Headers["X-Forwarded-Proto"], browser.Headers["X-Forwarded-Host"]) = ("https", "shop.example");
        return browser;
    }

    private async Task<(Browser Browser, string Name)> SignInAsync()
    {
        var (browser, name) = (Behind(new(_api)), await _service.AddPersonAsync());
        (await browser.SignInAsync(name, People.Password)).Dispose();
        return (browser, name);
    }

    private async Task<(Browser Owner, string Name)> AddAsync()
    {
        var (browser, name) = await SignInAsync();
        var challenge = await ChallengeAsync(browser, "/account/passkeys/challenge", ("Form.Password", People.Password));
        var page = await browser.PostedAsync("/account/passkeys", "add-passkey", ("Form.Name", "Phone"), ("Credential", _passkey.Create(challenge)));
        Assert.Contains("The passkey is added.", page, StringComparison.Ordinal);
        return (browser, name);
    }

    private async Task<bool> IsSignedInAsync()
    {
        var browser = Behind(new(_api));
        (await SignInAsync(browser, _passkey.Get(await ChallengeAsync(browser, "/sign-in/passkey")))).Dispose();
        return await browser.NameAsync() is not null;
    }

    private static Task<HttpResponseMessage> SignInAsync(Browser browser, string credential) =>
        browser.PostAsync("/sign-in", "passkey", ("Credential", credential));

    private static async Task<JsonElement> ChallengeAsync(Browser browser, string path, params (string, string)[] fields)
    {
        using var answer = await browser.PostToAsync(path, path.Replace("/challenge", "", StringComparison.Ordinal).Replace("/sign-in/passkey", "/sign-in", StringComparison.Ordinal), fields);
        return JsonElement.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop));
    }
}
