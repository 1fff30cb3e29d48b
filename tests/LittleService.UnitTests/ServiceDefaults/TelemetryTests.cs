using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class TelemetryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/items/7?token=secret", "GET /items/{id}", 200, null)]
    [InlineData("GET", "/nowhere", "GET", 404, null)]
    [InlineData("BREW", "/nowhere", "HTTP", 404, null)]
    [InlineData("GET", "/fault", "GET /fault", 500, "System.InvalidOperationException")]
    [InlineData("GET", "/away", "GET /away", 503, "System.TimeoutException")]
    public async Task ServerSpansFollowTheConventions(string method, string path, string name, int status, string? error)
    {
        var span = await SpanAsync(method, path);

        Assert.Equal(name, span.DisplayName);
        Assert.Equal(status, span.GetTagItem("http.response.status_code"));
        Assert.Equal(method == "BREW" ? "_OTHER" : method, span.GetTagItem("http.request.method"));
        Assert.Equal(path.Split('?')[0], span.GetTagItem("url.path"));
        Assert.Equal("http", span.GetTagItem("url.scheme"));
        Assert.Equal("localhost", span.GetTagItem("server.address"));
        Assert.Equal("robot/1", span.GetTagItem("user_agent.original"));
        Assert.Equal(error, span.GetTagItem("error.type"));
        Assert.Equal(error is null ? ActivityStatusCode.Unset : ActivityStatusCode.Error, span.Status);
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value is string text && text.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ProbesLeaveNoSpan() => Assert.False((await SpanAsync("GET", "/health")).Recorded);

    [Fact]
    public async Task NothingIsExportedWithoutAnEndpoint()
    {
        await using var service = await TestService.StartAsync();

        Assert.Null(service.Services.GetService<TracerProvider>());
    }

    [Fact]
    public async Task ACollectorThatNeverAnswersHoldsTheStopForASecondAtMost()
    {
        using var silence = new TcpListener(IPAddress.Loopback, 0);
        silence.Start();
        var service = await TestService.StartAsync(
            map: app => app.MapGet("/items/{id}", (string id) => id),
            settings: [(TestService.ExportToNobody.Key, $"http://{silence.LocalEndpoint}"), ("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory")]);
        await service.Client.GetAsync("/items/7", Cancelled);

        var stop = Stopwatch.StartNew();
        await service.DisposeAsync();

        // Unbounded it takes 10 s or more; the second above the promise is for a busy machine.
        Assert.InRange(stop.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
    }

    private static async Task<Activity> SpanAsync(string method, string path)
    {
        var stopped = new TaskCompletionSource<Activity>();
        var trace = ActivityTraceId.CreateRandom();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                    stopped.TrySetResult(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var service = await TestService.StartAsync(
            map: app =>
            {
                app.MapGet("/items/{id}", (string id) => id);
                app.MapGet("/fault", Ok () => throw new InvalidOperationException());
                app.MapGet("/away", Ok () => throw new TimeoutException());
            },
            settings: TestService.ExportToNobody);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        request.Headers.Add("User-Agent", "robot/1");
        await service.Client.SendAsync(request, Cancelled);
        return await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);
    }
}
