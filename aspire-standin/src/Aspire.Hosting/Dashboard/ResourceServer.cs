using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Serves the resource service inside the app host process: HTTP/2 without TLS, loopback only, every call with the key.</summary>
internal sealed partial class ResourceServer(ResourceService service, string apiKey, ILogger<ResourceServer> logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly byte[] _key = Encoding.UTF8.GetBytes(apiKey);
    private WebApplication? _app;

    /// <summary>Starts on this port of the loopback address (0: any free one) and gives the address.</summary>
    public async Task<Uri> StartAsync(int port, CancellationToken cancellationToken)
    {
        // The empty builder reads no environment: ASPNETCORE_URLS of the app host is meant for the dashboard.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Streams that are silent for hours, and readers that are slow, are normal here.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2);
        });
        _app = builder.Build();
        _app.Run(AnswerAsync);
        await _app.StartAsync(cancellationToken);
        return new Uri(_app.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _app, null) is not { } app)
            return;
        // The streams end by this; the connections then have a moment to carry the last status to the clients.
        await _stopping.CancelAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(patience.Token);
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!HasKey(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        using var call = new GrpcCall(context, _stopping.Token);
        try
        {
            await call.OpenAsync();
            var path = context.Request.Path.Value;
            var method = service.Find(path) ?? throw new GrpcException(GrpcStatus.Unimplemented, $"There is no method {path}.");
            await method(call);
            call.Finish(GrpcStatus.Ok);
        }
        catch (GrpcException error)
        {
            call.Finish(error.Status, error.Message);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException || context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, with or without a word, and reads no status any more; or the server goes, and tells its clients.
            call.Finish(_stopping.IsCancellationRequested ? GrpcStatus.Unavailable : GrpcStatus.Cancelled);
        }
        catch (Exception error)
        {
            LogFailed(error, context.Request.Path);
            call.Finish(GrpcStatus.Internal, error.Message);
        }
    }

    private bool HasKey(HttpRequest request) =>
        request.Headers.TryGetValue("x-resource-service-api-key", out var given)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given.ToString()), _key);

    [LoggerMessage(LogLevel.Warning, "The dashboard's call {Path} failed.")]
    private partial void LogFailed(Exception error, string? path);
}
