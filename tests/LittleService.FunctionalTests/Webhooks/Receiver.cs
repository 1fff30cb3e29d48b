using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LittleService.FunctionalTests.Webhooks;

internal sealed record Received(string Path, string Body, IReadOnlyDictionary<string, string> Headers);

/// <summary>A third party that takes deliveries, and answers as a test tells it to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public ConcurrentQueue<Received> Deliveries { get; } = [];

    /// <summary>What it answers, by path.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = static _ => Task.CompletedTask;

    public string Address => _app.Urls.Single();

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(server => server.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public void AnswerWith(int status) => Answer = http =>
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    public async Task<Received> OneAsync() => (await ManyAsync(1))[0];

    public Task<Received[]> ManyAsync(int count) => Eventually.SeeAsync(() => Task.FromResult(Deliveries.ToArray()), deliveries => deliveries.Length >= count);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        var body = await new StreamReader(http.Request.Body).ReadToEndAsync(http.RequestAborted);
        Deliveries.Enqueue(new(http.Request.Path, body, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await Answer(http);
    }
}
