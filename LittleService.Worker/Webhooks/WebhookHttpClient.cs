using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using LittleService.Data.Webhooks;
using Microsoft.Extensions.Options;

namespace LittleService.Worker.Webhooks;

/// <summary>
/// How deliveries reach a subscriber. The address is untrusted, so outside Development the connection is made to the IP address that was
/// checked: a name that resolves to another address a moment later gains nothing. No redirect is followed, and no proxy, cookie or trace
/// header is used.
/// </summary>
public static class WebhookHttpClient
{
    public static void AddWebhookHttpClient(this IServiceCollection services) => services.AddHttpClient<WebhookSender>()
        .ConfigureHttpClient((provider, client) =>
        {
            client.Timeout = provider.GetRequiredService<IOptions<WebhookOptions>>().Value.Timeout;
            client.DefaultRequestHeaders.UserAgent.ParseAdd("littleservice-webhooks");
        })
        // None of the defaults: the job queue retries, and the name of one of our services means nothing in a stranger's address.
        .ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Clear())
        .ConfigurePrimaryHttpMessageHandler(provider => Handler(provider.GetRequiredService<IHostEnvironment>().IsDevelopment()));

    private static SocketsHttpHandler Handler(bool anywhere) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        MaxResponseDrainSize = 64 * 1024,
        MaxResponseHeadersLength = 16,
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
