using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Hosting.Dashboard;

/// <summary>One gRPC call over a plain HTTP/2 request: length-prefixed messages in both directions, the status in the trailers.</summary>
internal sealed class GrpcCall(HttpContext context, CancellationToken stopping) : IDisposable
{
    private const int PrefixLength = 5;
    private const int LargestMessage = 4 * 1024 * 1024;
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);

    /// <summary>Ends when the client goes away or the server stops.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Sends the headers; a client counts a stream as open only once it has them.</summary>
    public Task OpenAsync()
    {
        context.Response.ContentType = "application/grpc";
        return context.Response.StartAsync(Ended);
    }

    /// <summary>The next message of the client, null after its last one.</summary>
    public async Task<T?> ReadAsync<T>(MessageParser<T> parser) where T : class, IMessage<T>
    {
        var reader = context.Request.BodyReader;
        while (true)
        {
            var result = await ReceiveAsync();
            if (TryParse(result.Buffer, parser, out var message, out var consumed))
            {
                reader.AdvanceTo(consumed);
                return message;
            }
            if (result.IsCompleted)
                return result.Buffer.IsEmpty ? null : throw new GrpcException(GrpcStatus.Internal, "The request ends in the middle of a message.");
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Waits until the client says that it sends no more.</summary>
    public async Task DrainAsync()
    {
        ReadResult result;
        do
        {
            result = await ReceiveAsync();
            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
        } while (!result.IsCompleted);
    }

    /// <summary>Sends one message and waits until the transport has taken it, so a slow reader slows its own stream only.</summary>
    public async Task WriteAsync(IMessage message)
    {
        var writer = context.Response.BodyWriter;
        var prefix = writer.GetSpan(PrefixLength);
        prefix[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(prefix[1..], message.CalculateSize());
        writer.Advance(PrefixLength);
        message.WriteTo(writer);
        await writer.FlushAsync(Ended);
    }

    public void Finish(GrpcStatus status, string? message = null)
    {
        context.Response.AppendTrailer("grpc-status", ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (message is not null)
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
    }

    public void Dispose() => _ended.Dispose();

    // A client that resets its stream shows as either of both, whichever comes first.
    private async Task<ReadResult> ReceiveAsync()
    {
        try
        {
            return await context.Request.BodyReader.ReadAsync(Ended);
        }
        catch (IOException error)
        {
            throw new OperationCanceledException("The client has gone.", error);
        }
    }

    private static bool TryParse<T>(ReadOnlySequence<byte> buffer, MessageParser<T> parser, out T? message, out SequencePosition consumed)
        where T : class, IMessage<T>
    {
        (message, consumed) = (null, buffer.Start);
        if (buffer.Length < PrefixLength)
            return false;
        Span<byte> prefix = stackalloc byte[PrefixLength];
        buffer.Slice(0, PrefixLength).CopyTo(prefix);
        if (prefix[0] != 0)
            throw new GrpcException(GrpcStatus.Unimplemented, "Compressed messages are not supported.");
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (length > LargestMessage)
            throw new GrpcException(GrpcStatus.ResourceExhausted, $"A message of {length} bytes is larger than {LargestMessage}.");
        if (buffer.Length < PrefixLength + length)
            return false;
        var body = buffer.Slice(PrefixLength, length);
        message = parser.ParseFrom(body);
        consumed = body.End;
        return true;
    }
}
