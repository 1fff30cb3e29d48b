using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static LittleService.FunctionalTests.Accounts.ProviderRedirects;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>Signing in with an identity provider, OpenIddict's server, behind a proxy that ends TLS for another host name.</summary>
public sealed class ProviderSignInTests(Servers servers) : IAsyncLifetime
{
    private const string Section = "Accounts:OpenIdConnect";

    private readonly Service _service = new(servers);
    private IdentityProvider _provider = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstSignInMakesAnAccountAndTheNextFindsIt()
    {
        var api = StartApi();

        var (browser, landed) = await SignInAsync(api, "/account");
        var (again, _) = await SignInAsync(api);

        Assert.Equal("/account", landed);
        Assert.Equal((_provider.UserName, _provider.UserName), (await browser.NameAsync(), await again.NameAsync()));
        Assert.Equal("https://shop.example/signin-oidc", _provider.RedirectUri);
        Assert.Equal("writer", await _service.ScalarAsync<string>($"select role from accounts where name = '{_provider.UserName}' and login_provider = '{_provider.Address}/' and provider_key = '{_provider.Subject}' and password_hash is null"));
        Assert.Equal(1, await _service.ScalarAsync<long>($"select count(*) from audit where what = 'account.added' and who = 'provider' and details = '{_provider.UserName}, writer'"));
        Assert.Contains("You sign in with Our staff", await browser.PageAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RoleOfTheProviderHoldsFromTheNextSignIn()
    {
        var api = StartApi();
        var (browser, _) = await SignInAsync(api);
        await _service.AddKeyAsync(_provider.UserName);
        using var forbidden = await browser.GetAsync("/admin");

        _provider.Groups = ["staff", "chiefs"];
        (browser, _) = await SignInAsync(api);
        using var allowed = await browser.GetAsync("/admin");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (forbidden.StatusCode, allowed.StatusCode));
    }

    [Fact]
    public async Task WhoLosesEveryRoleThereIsOutHere()
    {
        var api = StartApi();
        var (browser, _) = await SignInAsync(api);
        var key = await _service.AddKeyAsync(_provider.UserName);

        _provider.Groups = ["guests"];
        var (_, landed) = await SignInAsync(api);

        Assert.Equal("/sign-in?failure=no-role", landed);
        Assert.Null(await browser.NameAsync());
        Assert.Equal("reader", await _service.ScalarAsync<string>($"select role from accounts where name = '{_provider.UserName}'"));
        Assert.Contains("\"reader\"", await key.GetStringAsync("/api/session", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LastAdminWhoLosesTheRoleThereIsOutToo()
    {
        await _service.ExecuteAsync("update accounts set role = 'reader' where role = 'admin'");
        var api = StartApi();
        _provider.Groups = ["chiefs"];
        var (browser, _) = await SignInAsync(api);

        _provider.Groups = ["staff"];
        var (_, lesser) = await SignInAsync(api);
        var before = await browser.NameAsync();
        _provider.Groups = [];
        var (_, none) = await SignInAsync(api);

        Assert.Equal(("/sign-in?failure=last-admin", _provider.UserName), (lesser, before));
        Assert.Equal("/sign-in?failure=no-role", none);
        Assert.Null(await browser.NameAsync());
    }

    [Fact]
    public async Task StrangerWithoutARoleGetsNoAccount()
    {
        _provider.Groups = [];

        var (browser, landed) = await SignInAsync(StartApi());

        Assert.Equal("/sign-in?failure=no-role", landed);
        Assert.Contains("has no role in this service", await browser.PageAsync(landed), StringComparison.Ordinal);
        Assert.Equal(0, await _service.ScalarAsync<long>($"select count(*) from accounts where name = '{_provider.UserName}'"));
    }

    [Fact]
    public async Task DisabledAccountIsRefused()
    {
        var api = StartApi();
        var (browser, _) = await SignInAsync(api);

        await _service.ExecuteAsync($"update accounts set disabled_at = now() where name = '{_provider.UserName}'");
        var (again, landed) = await SignInAsync(api);

        Assert.Equal("/sign-in?failure=refused", landed);
        Assert.Null(await again.NameAsync());
        Assert.Null(await browser.NameAsync());
    }

    [Fact]
    public async Task NameThatManyHaveKeepsNobodyOut()
    {
        _provider.UserName = "many";
        await _service.ExecuteAsync("insert into accounts (id, name, role, created_at) select gen_random_uuid(), 'many' || n, 'reader', now() from (select '' union select '-' || generate_series(2, 200)) as names (n)");

        var (browser, _) = await SignInAsync(StartApi());

        Assert.Matches("^many-[0-9a-f]{8}$", await browser.NameAsync());
    }

    [Fact]
    public async Task NameThatIsTakenIsNotTakenOver()
    {
        _provider.UserName = "Admin";

        var (browser, _) = await SignInAsync(StartApi());

        Assert.Equal("admin-2", await browser.NameAsync());
        Assert.Equal("writer", await _service.ScalarAsync<string>("select role from accounts where name = 'admin-2'"));
    }

    [Theory]
    [InlineData("another-client", 5)]
    [InlineData(null, -10)]
    public async Task TokenForAnotherOrOfThePastIsRefused(string? audience, int minutes)
    {
        (_provider.Audience, _provider.Lifetime) = (audience, TimeSpan.FromMinutes(minutes));

        var (browser, landed) = await SignInAsync(StartApi());

        Assert.Equal("/sign-in?failure=refused", landed);
        Assert.Null(await browser.NameAsync());
    }

    [Fact]
    public async Task ResponseOfTheProviderIsGoodOnceAndForItsBrowserAlone()
    {
        var api = StartApi();
        var browser = Behind(new(api));
        var (path, fields) = await AuthorizeAsync(browser);
        var kept = new Dictionary<string, string>(browser.Cookies);

        using var stolen = await PostAsync(Behind(new(api)), path, fields);
        using var first = await PostAsync(browser, path, fields);
        using var replayed = await PostAsync(browser, path, fields);
        using var withOldCookies = await PostAsync(Behind(new(api) { Cookies = kept }), path, fields);

        Assert.EndsWith("/sign-in/provider/done", first.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.All([stolen, replayed, withOldCookies], answer => Assert.EndsWith("/sign-in?failure=refused", answer.Headers.Location!.OriginalString, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReplicasShareOneSignIn()
    {
        var (first, second, third) = (StartApi(), StartApi(), StartApi());
        var browser = Behind(new(first));
        var (path, fields) = await AuthorizeAsync(browser);

        using var answer = await PostAsync(Behind(browser.At(second)), path, fields);
        await FollowAsync(Behind(browser.At(third)), answer);

        Assert.Equal(_provider.UserName, await browser.NameAsync());
    }

    [Fact]
    public async Task SigningOutEndsTheSessionHereAndThere()
    {
        var (browser, _) = await SignInAsync(StartApi());
        var stolen = Behind(new(_service.Client) { Cookies = new(browser.Cookies) });

        using var answer = await browser.PostSignOutAsync();
        Assert.StartsWith($"{_provider.Address}/end-session?", answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var there = await Browsing.GetAsync(answer.Headers.Location, Stop);

        Assert.Equal(1, _provider.SignedOut);
        Assert.StartsWith("https://shop.example/signout-callback-oidc", there.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Null(await stolen.NameAsync());
        Assert.Null(await browser.NameAsync());
    }

    [Fact]
    public async Task ProviderThatIsDownIsSaidAndEndsNoSession()
    {
        var api = StartApi();
        var (browser, name) = await _service.SignInAsync(api: api);
        await _provider.StopAsync();

        using var answer = await browser.GetAsync("/sign-in/provider");
        var page = await browser.PageAsync("/sign-in?failure=unavailable");

        Assert.Equal("/sign-in?failure=unavailable", answer.Headers.Location!.OriginalString);
        Assert.Contains("The identity provider does not respond.", page, StringComparison.Ordinal);
        Assert.Equal(name, await browser.NameAsync());
    }

    [Fact]
    public async Task NoSecretReachesTheLogNotEvenInFull()
    {
        using var log = new LogLines();
        var api = _service.StartApi(services => services.AddSingleton<ILoggerProvider>(log), Settings(("Logging:LogLevel:Default", "Debug"), ("Logging:LogLevel:Microsoft", "Debug")));
        var browser = Behind(new(api));
        var (path, fields) = await AuthorizeAsync(browser);
        using var answer = await PostAsync(browser, path, fields);
        await FollowAsync(browser, answer);
        using var signedOut = await browser.PostSignOutAsync();

        Assert.Contains("signed in from", log.Text, StringComparison.Ordinal);
        var token = System.Web.HttpUtility.ParseQueryString(signedOut.Headers.Location!.Query)["id_token_hint"]!;
        var code = fields.Single(field => field.Item1 == "code").Item2;
        Assert.All([IdentityProvider.ClientSecret, code, token], secret => Assert.DoesNotContain(secret, log.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task PageOfAnotherSiteSignsNobodyIn()
    {
        var browser = Behind(new(StartApi()) { Headers = { ["Sec-Fetch-Site"] = "cross-site" } });

        using var answer = await browser.GetAsync("/sign-in/provider?returnUrl=/account");

        Assert.Equal("/sign-in?returnUrl=%2Faccount", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task AccountsOfOurOwnCanBeSwitchedOff()
    {
        var api = StartApi(("Accounts:LocalSignIn", "false"));
        var name = await _service.AddPersonAsync();
        var browser = Behind(new(api));

        var page = await browser.PageAsync("/sign-in");
        // With the form of another replica, which still has one.
        using var answer = await browser.PostWithFormOfAsync(_service.Client, "/sign-in", "sign-in", ("Form.Name", name), ("Form.Password", People.Password));
        var (ours, _) = await SignInAsync(api);

        Assert.Contains("Sign in with Our staff", page, StringComparison.Ordinal);
        Assert.DoesNotContain("type=\"password\"", page, StringComparison.Ordinal);
        Assert.Null(await browser.NameAsync());
        Assert.Equal(_provider.UserName, await ours.NameAsync());
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _provider = await new IdentityProvider().StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _provider.DisposeAsync();
    }

    private HttpClient StartApi(params (string, string)[] settings) => _service.StartApi(Settings(settings));

    private (string, string)[] Settings(params (string, string)[] more) =>
    [
        ("FORWARDEDHEADERS_ENABLED", "true"), ($"{Section}:Authority", _provider.Address), ($"{Section}:ClientId", IdentityProvider.ClientId),
        ($"{Section}:ClientSecret", IdentityProvider.ClientSecret), ($"{Section}:DisplayName", "Our staff"), ($"{Section}:RoleClaim", "groups"),
        ($"{Section}:Roles:writer:0", "staff"), ($"{Section}:Roles:admin", "chiefs"), .. more,
    ];
}
