using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace AspireStandIn.Tests.Dashboard;

/// <summary>A gRPC client by hand: no Grpc package is to be had, and the tests look at the bytes anyway.</summary>
internal sealed class WireClient(Uri server, string? key = WireClient.Key) : IDisposable
{
    public const string Key = "a-key-of-the-tests";
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

    public Task<WireStream> CallAsync(string method, IMessage request, CancellationToken cancellationToken) =>
        SendAsync(method, new ByteArrayContent(Frame(request)), cancellationToken);

    public async Task<WireStream> SendAsync(string method, HttpContent content, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, $"/aspire.v1.DashboardService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        if (key is not null)
            message.Headers.Add("x-resource-service-api-key", key);
        return new WireStream(await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken));
    }

    public static byte[] Frame(IMessage message)
    {
        var frame = new byte[5 + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.CalculateSize());
        message.WriteTo(frame.AsSpan(5));
        return frame;
    }

    public void Dispose() => _http.Dispose();
}
