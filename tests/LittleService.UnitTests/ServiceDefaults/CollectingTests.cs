using System.Diagnostics;
using System.Diagnostics.Metrics;
using LittleService.Api.Layout;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;

namespace LittleService.UnitTests.ServiceDefaults;

/// <summary>
/// What the api and the worker collect; they need no server to start. Listeners belong to the whole process, so nothing else runs beside
/// these tests.
/// </summary>
[Collection(nameof(CollectingTests))]
[CollectionDefinition(nameof(CollectingTests), DisableParallelization = true)]
public sealed class CollectingTests : IAsyncLifetime
{
    private static readonly string[] Sources = ["Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "LittleService.Jobs"];

    private static readonly string[] Meters =
        ["Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime", "Npgsql", "LittleService.Jobs"];

    [Fact]
    public void TheApiCollectsNothingWithoutAnEndpoint() => Assert.Empty(Collected<App>());

    [Fact]
    public void TheWorkerCollectsNothingWithoutAnEndpoint() => Assert.Empty(Collected<MigrateAtStart>());

    [Fact]
    public void TheApiCollectsAllOfItWithAnEndpoint() => Assert.Equal(All, Collected<App>(TestService.ExportToNobody));

    [Fact]
    public void TheWorkerCollectsAllOfItWithAnEndpoint() => Assert.Equal(All, Collected<MigrateAtStart>(TestService.ExportToNobody));

    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    [InlineData("/health/detail")]
    public Task ProbesAreInNoTrace(string path) => IsInNoTraceAsync(HttpMethod.Get, path);

    internal static async Task IsInNoTraceAsync(HttpMethod method, string path)
    {
        using var exported = new ExportedSpans();
        await using var api = new Process<App>(exported.AddTo, TestService.ExportToNobody);
        using var client = api.CreateClient();

        var ignored = await SendAsync(client, method, path);

        await exported.OneAsync(await SendAsync(client, HttpMethod.Get, "/sign-in"), ActivityKind.Server);
        Assert.Empty(exported.Of(ignored));
    }

    // A process of the test before may still be sending its last spans.
    public async ValueTask InitializeAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (Listened().Any())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"Still collected: {string.Join(", ", Listened())}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string[] All =>
        [.. Sources.Select(name => $"traces of {name}"), .. Meters.Select(name => $"metrics of {name}"), "events of requests", "logs"];

    private static string[] Collected<T>(params (string Key, string Value)[] settings)
        where T : class
    {
        using var process = new Process<T>(null, settings);
        process.StartServer();
        var collected = Listened().ToList();
        if (process.Services.GetRequiredService<DiagnosticListener>().IsEnabled()) collected.Add("events of requests");
        if (process.Services.GetServices<ILoggerProvider>().Any(provider => provider is OpenTelemetryLoggerProvider)) collected.Add("logs");
        return [.. collected];
    }

    private static IEnumerable<string> Listened() =>
    [
        .. Sources.Where(HasListener).Select(name => $"traces of {name}"),
        .. Meters.Where(IsMeasured).Select(name => $"metrics of {name}"),
    ];

    private static bool HasListener(string name)
    {
        using var source = new ActivitySource(name);
        return source.HasListeners();
    }

    private static bool IsMeasured(string name)
    {
        using var meter = new Meter(name);
        return meter.CreateCounter<int>("collecting.tests").Enabled;
    }

    private static async Task<ActivityTraceId> SendAsync(HttpClient client, HttpMethod method, string path)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return trace;
    }
}
