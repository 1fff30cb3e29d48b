using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LittleService.Data.Webhooks;
using Microsoft.Extensions.Options;

namespace LittleService.Worker.Webhooks;

/// <summary>A subscriber did not take a delivery.</summary>
public sealed class WebhookFailedException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>
/// Sends signed events. The address was written by a stranger, so outside of Development it must be https, and the connection is made to the
/// very address that was found to be public: a name that resolves to something else a moment later gains nothing. No redirect is followed, no
/// proxy, cookie or trace header used, and of the answer nothing but the status is read.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeProvider _time;
    private readonly bool _anywhere;

    public WebhookSender(IHostEnvironment environment, IOptions<WebhookOptions> options, TimeProvider time)
    {
        (_time, _anywhere) = (time, environment.IsDevelopment());
        _client = new(Handler(_anywhere)) { Timeout = options.Value.Timeout };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("LittleService-Webhooks");
    }

    /// <exception cref="WebhookFailedException">There was no answer with a status of 2xx.</exception>
    public async Task SendAsync(string url, string secret, DeliverWebhook job, CancellationToken cancellationToken)
    {
        if (WebhookAddress.ProblemOf(url, _anywhere) is { } problem) throw new WebhookFailedException(problem);
        using var request = Request(url, secret, job);
        try
        {
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!answer.IsSuccessStatusCode) throw new WebhookFailedException($"The subscriber answered {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            throw new WebhookFailedException(e.InnerException?.Message ?? e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new WebhookFailedException("The subscriber did not answer in time.", e);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(string url, string secret, DeliverWebhook job)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(job.Body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", $"{job.EventId}");
        request.Headers.Add("Webhook-Timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Webhook-Signature", WebhookSignature.Of(secret, timestamp, job.Body));
        return request;
    }

    private static SocketsHttpHandler Handler(bool anywhere) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        MaxResponseDrainSize = 64 * 1024,
        MaxResponseHeadersLength = 16,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.DnsEndPoint, anywhere, cancellationToken),
    };

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint subscriber, bool anywhere, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(subscriber.Host, cancellationToken);
        if (!anywhere && !WebhookAddress.ArePublic(addresses)) throw new IOException($"{subscriber.Host} does not have a public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, subscriber.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
