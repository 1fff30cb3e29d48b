using System.Collections.Concurrent;
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
        using var log = new Log();
        var api = service.StartApi(
            services => services.AddSingleton<ILoggerProvider>(log),
            ("Logging:LogLevel:Default", "Debug"), ("Logging:LogLevel:Microsoft.AspNetCore", "Debug"), ("Logging:LogLevel:Npgsql", "Debug")).As(Role.Writer);
        var (browser, _) = await service.LogInAsync(Role.Writer, api);
        (await browser.LogInAsync("Typed-In-The-Wrong-Field-1", "Wrong-Guess-Of-Mine-1")).Dispose();
        var account = await browser.PageAsync("/account");
        using var made = await api.PostAsJsonAsync("/api/keys", new { name = "log", role = "writer" }, TestContext.Current.CancellationToken);
        var key = (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken)).GetProperty("key").GetString()!;
        await browser.PostedAsync("/account", "password", ("Form.Password", People.Password), ("Form.New", "Another-Long-Marmot-9"));

        var lines = string.Join('\n', log.Lines);
        Assert.Contains("logged in from", lines, StringComparison.Ordinal);
        string[] secrets =
        [
            People.Password, "Another-Long-Marmot-9", "Wrong-Guess-Of-Mine-1", "Typed-In-The-Wrong-Field-1", key.Split('_')[2], TestKeys.Of(Role.Writer).Split('_')[2],
            browser.Cookies["__Host-session"], account.Split("id=\"secret\">")[1][..32],
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, lines, StringComparison.OrdinalIgnoreCase));
    }

    private sealed class Log : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() => Lines.Clear();
    }
}
