using System.Buffers;
using LittleService.ServiceDefaults;

namespace LittleService.Api.Events;

/// <summary>
/// The body of a request, in a buffer that grows with what has arrived: a large Content-Length or a slow sender takes no more memory than
/// that.
/// </summary>
internal sealed class EventBody(IntakeGate gate, string caller) : IDisposable
{
    private const int MaxBody = (int)ServerLimits.MaxRequestBodySize;
    private const int First = 4096;

    private byte[] _buffer = [];
    private int _reserved;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>Reads all of it. Null when it is there; otherwise why it is not read to its end.</summary>
    /// <param name="body">Where it comes from.</param>
    /// <param name="announced">Its length, where it is known: the buffer grows no further.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async ValueTask<IntakeProblem?> ReadAsync(Stream body, long? announced, CancellationToken cancellationToken)
    {
        var most = (int)(announced ?? MaxBody) + 1;
        while (true)
        {
            if (Length == _reserved && Grow(most) is { } problem) return problem;
            var read = await body.ReadAsync(_buffer.AsMemory(Length, _reserved - Length), cancellationToken);
            if (read == 0) return null;
            Length += read;
            if (Length > MaxBody) return IntakeProblem.TooLarge;
        }
    }

    public void Dispose()
    {
        if (_reserved > 0) gate.Release(caller, _reserved);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        (_buffer, _reserved) = ([], 0);
    }

    // One byte more than the body takes, where reading its end finds nothing.
    private IntakeProblem? Grow(int most)
    {
        var size = Math.Min(_reserved == 0 ? First : _reserved * 2, most);
        if (!gate.TryReserve(caller, size - _reserved)) return IntakeProblem.Busy;
        _reserved = size;
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, Length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return null;
    }
}
