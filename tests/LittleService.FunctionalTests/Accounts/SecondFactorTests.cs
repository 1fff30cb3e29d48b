using System.Drawing;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;
using LittleService.Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;
using QRCoder;

namespace LittleService.FunctionalTests.Accounts;

// A service for each test: to the throttle of one, attempts by the clock of the other lie in the future.
public sealed partial class SecondFactorTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private readonly JobClock _clock = new();

    [Fact]
    public async Task SignInTakesACodeOnceItIsOn()
    {
        var api = _service.StartApi(_clock);
        var (browser, name) = await _service.SignInAsync(api: api);
        var secret = SecretPattern().Match(await browser.PageAsync("/account/second-factor")).Groups[1].Value;

        var wrong = await browser.PostedAsync("/account/second-factor", "totp-on", Fields(secret, "000000"));
        var first = Code(secret);
        var on = await browser.PostedAsync("/account/second-factor", "totp-on", Fields(secret, first));

        Assert.Contains("This is not the code", wrong, StringComparison.Ordinal);
        Assert.Contains("The second factor is on.", on, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, on, StringComparison.Ordinal);
        Assert.False(await IsSignedInAsync(api, name, ""));
        Assert.False(await IsSignedInAsync(api, name, first));
        _clock.Advance(TimeSpan.FromSeconds(60));
        var code = Code(secret);
        Assert.True(await IsSignedInAsync(api, name, code));
        Assert.False(await IsSignedInAsync(api, name, code));
        Assert.Equal(0, await _service.ScalarAsync<long>($"select count(*) from accounts a where position('{Convert.ToHexStringLower(Totp.Read(secret)!)}' in a::text) > 0"));

        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Contains("The second factor is off.", await browser.PostedAsync("/account/second-factor", "totp-off", Fields("", Code(secret))), StringComparison.Ordinal);
        Assert.True(await IsSignedInAsync(api, name, ""));
    }

    [Fact]
    public async Task RecoveryCodeStandsInForTheAppOnce()
    {
        var api = _service.StartApi(_clock);
        var (browser, name, codes) = await TurnOnAsync(api);

        Assert.Equal(10, codes.Distinct().Count());
        using var wrong = await new Browser(api).SignInAsync(name, "not the password", codes[0]);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.True(await IsSignedInAsync(api, name, codes[0]));
        Assert.False(await IsSignedInAsync(api, name, codes[0]));
        Assert.True(await IsSignedInAsync(api, name, codes[1].Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(2, await _service.ScalarAsync<long>($"select count(*) from audit where what = 'account.recovery_code_used' and who = '{name}'"));

        Assert.Contains("8 recovery codes", await browser.PageAsync("/account/second-factor"), StringComparison.Ordinal);
        Assert.Contains("The second factor is off.", await browser.PostedAsync("/account/second-factor", "totp-off", Fields("", codes[2])), StringComparison.Ordinal);
        Assert.Equal(0, await _service.ScalarAsync<int>($"select cardinality(recovery_codes) from accounts where name = '{name}'"));
    }

    [Fact]
    public async Task RecoveryCodesAreShownOnceAndKeptAsHashes()
    {
        var (browser, name, codes) = await TurnOnAsync(_service.StartApi(_clock));
        var kept = await _service.ScalarAsync<byte[][]>($"select recovery_codes from accounts where name = '{name}'");

        var page = await browser.PageAsync("/account/second-factor");

        Assert.DoesNotContain(codes, code => page.Contains(code, StringComparison.Ordinal));
        Assert.Equal(codes.Select(code => SHA256.HashData(Encoding.UTF8.GetBytes(code.Replace(" ", "", StringComparison.Ordinal)))), kept);
    }

    [Fact]
    public async Task SecretIsShownAsAQrCodeToo()
    {
        var (browser, name) = await _service.SignInAsync();

        var page = await browser.PageAsync("/account/second-factor");

        using var data = QRCodeGenerator.GenerateQrCode(Totp.Address(name, SecretPattern().Match(page).Groups[1].Value), QRCodeGenerator.ECCLevel.M);
        using var code = new SvgQRCode(data);
        Assert.Contains(code.GetGraphic(1, Color.Black, Color.White, true, SvgQRCode.SizingMode.ViewBoxAttribute), page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SessionAloneIsNotEnoughToTurnItOn()
    {
        var (browser, _) = await _service.SignInAsync(api: _service.StartApi(_clock));
        var secret = SecretPattern().Match(await browser.PageAsync("/account/second-factor")).Groups[1].Value;

        var answer = await browser.PostedAsync("/account/second-factor", "totp-on", ("Form.Password", "not the password"), ("Form.Key", secret), ("Form.Code", Code(secret)));

        Assert.Contains("The password or the code is wrong.", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoKnowsThePasswordGuessesFewCodesFromHoweverManyAddresses()
    {
        var api = _service.StartApi(services => services.AddSingleton<TimeProvider>(_clock), ("FORWARDEDHEADERS_ENABLED", "true"));
        var (owner, name) = await _service.SignInAsync(api: api);
        var secret = SecretPattern().Match(await owner.PageAsync("/account/second-factor")).Groups[1].Value;
        await owner.PostedAsync("/account/second-factor", "totp-on", Fields(secret, Code(secret)));
        _clock.Advance(TimeSpan.FromSeconds(60));

        for (var guess = 1; guess <= 10; guess++)
        {
            using var wrong = await From(guess).SignInAsync(name, People.Password, "000000");
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        }

        // More often than an address may guess a password: the password was right each time.
        for (var again = 1; again <= 7; again++)
        {
            using var slowed = await From(11).SignInAsync(name, People.Password, Code(secret));
            Assert.Equal(HttpStatusCode.TooManyRequests, slowed.StatusCode);
            Assert.InRange(slowed.Headers.RetryAfter!.Delta!.Value.TotalMinutes, 10, 15);
        }

        var proof = await owner.PostedAsync("/account/second-factor", "totp-off", Fields("", Code(secret)));
        _clock.Advance(TimeSpan.FromMinutes(15));
        using var later = await From(12).SignInAsync(name, People.Password, Code(secret));

        Assert.Contains("Too many attempts.", proof, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, later.StatusCode);

        Browser From(int address) => new(api) { Headers = { ["X-Forwarded-For"] = $"203.0.113.{address}" } };
    }

    [Fact]
    public async Task WhereItIsRequiredNothingElseIsReachedWithoutIt()
    {
        var api = _service.StartApi(services => services.AddSingleton<TimeProvider>(_clock), ("Accounts:RequireSecondFactor", "true"));
        var (browser, _) = await _service.SignInAsync(api: api);

        using var before = await browser.GetAsync("/keys");
        var page = await browser.PageAsync("/account/second-factor");
        var secret = SecretPattern().Match(page).Groups[1].Value;
        await browser.PostedAsync("/account/second-factor", "totp-on", Fields(secret, Code(secret)));
        using var after = await browser.GetAsync("/keys");

        Assert.Equal("/account/second-factor", before.Headers.Location!.OriginalString);
        Assert.Contains("asks everybody for a second factor", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task<(Browser Browser, string Name, string[] Codes)> TurnOnAsync(HttpClient api)
    {
        var (browser, name) = await _service.SignInAsync(api: api);
        var secret = SecretPattern().Match(await browser.PageAsync("/account/second-factor")).Groups[1].Value;
        var page = await browser.PostedAsync("/account/second-factor", "totp-on", Fields(secret, Code(secret)));
        return (browser, name, RecoveryCodesPattern().Match(WebUtility.HtmlDecode(page)).Groups[1].Value.Split('\n'));
    }

    private static async Task<bool> IsSignedInAsync(HttpClient api, string name, string code)
    {
        var browser = new Browser(api);
        (await browser.SignInAsync(name, People.Password, code)).Dispose();
        return await browser.NameAsync() == name;
    }

    private static (string, string)[] Fields(string secret, string code) => [("Form.Password", People.Password), ("Form.Key", secret), ("Form.Code", code)];

    private string Code(string secret) => Totp.Code(Totp.Read(secret)!, _clock.GetUtcNow());

    [GeneratedRegex("id=\"recovery-codes\">([0-9 \\n]+)<")]
    private static partial Regex RecoveryCodesPattern();

    [GeneratedRegex("id=\"secret\">([A-Z2-7]{32})<")]
    private static partial Regex SecretPattern();
}
