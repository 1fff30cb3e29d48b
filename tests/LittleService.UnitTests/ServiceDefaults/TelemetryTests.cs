using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class TelemetryTests : IDisposable
{
    private readonly ExportedSpans exported = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/items/7", "GET /items/{id}", 200, null)]
    [InlineData("GET", "/nowhere", "GET", 404, null)]
    [InlineData("BREW", "/nowhere", "HTTP", 404, null)]
    [InlineData("GET", "/fault", "GET /fault", 500, "System.InvalidOperationException")]
    [InlineData("GET", "/away", "GET /away", 503, "System.TimeoutException")]
    [InlineData("GET", "/status", "GET /status", 502, "502")]
    public async Task ServerSpansFollowTheConventions(string method, string path, string name, int status, string? error)
    {
        await using var service = await StartAsync();

        var span = await exported.OneAsync(await SendAsync(service, method, path), ActivityKind.Server);

        Assert.Equal(name, span.DisplayName);
        Assert.Equal(status, span.GetTagItem("http.response.status_code"));
        Assert.Equal(method == "BREW" ? "_OTHER" : method, span.GetTagItem("http.request.method"));
        Assert.Equal(path, span.GetTagItem("url.path"));
        Assert.Equal("http", span.GetTagItem("url.scheme"));
        Assert.Equal("localhost", span.GetTagItem("server.address"));
        Assert.Equal("robot/1", span.GetTagItem("user_agent.original"));
        Assert.Equal(error, span.GetTagItem("error.type"));
        Assert.Equal(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, span.Status);
    }

    [Theory]
    [InlineData("/items/7?token=secret")]
    [InlineData("/items/7?secret")]
    [InlineData("/nowhere?a=1&secret=2")]
    [InlineData("/fault?secret")]
    public async Task TheQueryIsInNoSpan(string path)
    {
        await using var service = await StartAsync();

        var span = await exported.OneAsync(await SendAsync(service, "GET", path), ActivityKind.Server);

        Assert.Null(span.GetTagItem("url.query"));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", $"{span.DisplayName} {span.StatusDescription}", StringComparison.Ordinal);
        Assert.Empty(span.Events);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/Health")]
    [InlineData("/health/detail")]
    [InlineData("/busy")]
    [InlineData("/busy/below")]
    public async Task IgnoredPathsLeaveNoSpan(string path)
    {
        await using var service = await StartAsync(services =>
            services.Configure<RequestTracingOptions>(tracing => tracing.IgnoredPaths.Add("/busy")));

        var ignored = await SendAsync(service, "GET", path);

        await exported.OneAsync(await SendAsync(service, "GET", "/busyness"), ActivityKind.Server);
        Assert.Empty(exported.Of(ignored));
    }

    [Fact]
    public async Task ACallThatBelongsToNoRequestAndNoJobLeavesNoSpan()
    {
        await using var service = await StartAsync();
        using var source = new ActivitySource("LittleService.UnitTests");

        using var poll = source.StartActivity("select 1", ActivityKind.Client);
        Assert.NotEqual(true, poll?.Recorded);
        Activity.Current = null;

        using var job = source.StartActivity("run job", ActivityKind.Consumer);
        using var call = source.StartActivity("select 1", ActivityKind.Client);
        Assert.True(job?.Recorded);
        Assert.True(call?.Recorded);
    }

    [Fact]
    public async Task ACollectorThatNeverAnswersDoesNotHoldTheStop()
    {
        using var silence = new TcpListener(IPAddress.Loopback, 0);
        silence.Start();
        var service = await TestService.StartAsync(
            map: app => app.MapGet("/items/{id}", (string id) => id),
            settings:
            [
                (TestService.ExportToNobody.Key, $"http://{silence.LocalEndpoint}"),
                ("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory"),
            ]);
        await service.Client.GetAsync("/items/7", Cancelled);

        // A second is what it may take; unbounded it takes 10 s or more.
        await service.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(8), Cancelled);
    }

    public void Dispose() => exported.Dispose();

    private Task<TestService> StartAsync(Action<IServiceCollection>? configure = null) => TestService.StartAsync(
        services =>
        {
            exported.AddTo(services);
            configure?.Invoke(services);
        },
        app =>
        {
            app.MapGet("/items/{id}", (string id) => id);
            app.MapGet("/fault", Ok () => throw new InvalidOperationException("secret"));
            app.MapGet("/away", Ok () => throw new TimeoutException());
            app.MapGet("/status", () => TypedResults.StatusCode(502));
            app.MapGet("/busy/{**rest}", () => "busy");
        },
        settings: TestService.ExportToNobody);

    private static async Task<ActivityTraceId> SendAsync(TestService service, string method, string path)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        request.Headers.Add("User-Agent", "robot/1");
        using var response = await service.Client.SendAsync(request, Cancelled);
        return trace;
    }
}
