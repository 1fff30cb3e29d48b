using System.Net.Http.Json;
using System.Text.Json;
using LittleService.Data.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LittleService.FunctionalTests.Accounts;

public sealed class SecretTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task NoSecretReachesTheLogNotEvenInFull()
    {
        using var log = new LogLines();
        var api = service.StartApi(
            services => services.AddSingleton<ILoggerProvider>(log),
            ("Logging:LogLevel:Default", "Debug"), ("Logging:LogLevel:Microsoft.AspNetCore", "Debug"), ("Logging:LogLevel:Npgsql", "Debug")).As(Role.Writer);
        var (browser, _) = await service.SignInAsync(Role.Writer, api);
        (await browser.SignInAsync("Typed-In-The-Wrong-Field-1", "Wrong-Guess-Of-Mine-1")).Dispose();
        var account = await browser.PageAsync("/account/second-factor");
        using var made = await api.PostAsJsonAsync("/api/keys", new { name = "log", role = "writer" }, TestContext.Current.CancellationToken);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
        await browser.PostedAsync("/account", "password", ("Form.Password", People.Password), ("Form.New", "Another-Long-Marmot-9"));

        var lines = log.Text;
        Assert.Contains("signed in from", lines, StringComparison.Ordinal);
        string[] secrets =
        [
            People.Password, "Another-Long-Marmot-9", "Wrong-Guess-Of-Mine-1", "Typed-In-The-Wrong-Field-1", key.Split('_')[2], TestKeys.Of(Role.Writer).Split('_')[2],
            browser.Cookies["__Host-session"], account.Split("id=\"secret\">")[1][..32],
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, lines, StringComparison.OrdinalIgnoreCase));
    }
}
