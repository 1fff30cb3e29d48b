using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace AspireStandIn.Tests.Dashboard;

/// <summary>What came back of one call.</summary>
internal sealed class WireStream(HttpResponseMessage response) : IDisposable
{
    public HttpStatusCode HttpStatus => response.StatusCode;

    public string? ContentType => response.Content.Headers.ContentType?.ToString();

    /// <summary>There only once the stream was read to its end.</summary>
    public string? Status => response.TrailingHeaders.TryGetValues("grpc-status", out var values) ? values.Single() : null;

    public string? StatusMessage =>
        response.TrailingHeaders.TryGetValues("grpc-message", out var values) ? Uri.UnescapeDataString(values.Single()) : null;

    /// <summary>The next message, null at the end of the stream.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var prefix = new byte[5];
        if (await body.ReadAtLeastAsync(prefix, 5, throwOnEndOfStream: false, cancellationToken) == 0)
            return null;
        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix.AsSpan(1))];
        await body.ReadExactlyAsync(message, cancellationToken);
        return parser.ParseFrom(message);
    }

    public async Task<T> RequireAsync<T>(MessageParser<T> parser, CancellationToken cancellationToken) where T : class, IMessage<T>
    {
        var message = await ReadAsync(parser, cancellationToken);
        Assert.True(message is not null, $"The stream ended with status {Status}: {StatusMessage}");
        return message;
    }

    public void Dispose() => response.Dispose();
}
