using System.Buffers;
using System.Buffers.Binary;

namespace LittleService.Data.Events;

/// <summary>
/// Events in the stream are packed many to an entry: a byte for the format, then event after event. Redis and the aggregator then do little
/// per event. Blocks without their first byte can be joined.
/// </summary>
public static class EventBlock
{
    public const byte Format = 1;

    private const byte HasId = 1;
    private const byte HasSubject = 2;
    private const byte HasValue = 4;

    // Sent by the previous release.
    private const byte HasProperties = 8;

    /// <summary>Appends one event. Name and subject take at most 255 bytes.</summary>
    public static void Write(IBufferWriter<byte> to, in PackedEvent e)
    {
        var size = 1 + 8 + 1 + e.Name.Length + (e.Id is null ? 0 : 16) + (e.Subject.IsEmpty ? 0 : 1 + e.Subject.Length)
            + (e.Value is null ? 0 : 8);
        var rest = to.GetSpan(size);
        rest[0] = (byte)((e.Id is null ? 0 : HasId) | (e.Subject.IsEmpty ? 0 : HasSubject) | (e.Value is null ? 0 : HasValue));
        BinaryPrimitives.WriteInt64LittleEndian(rest[1..], e.Milliseconds);
        rest = Text(rest[9..], e.Name);
        if (e.Id is { } id)
        {
            id.TryWriteBytes(rest);
            rest = rest[16..];
        }
        if (!e.Subject.IsEmpty) rest = Text(rest, e.Subject);
        if (e.Value is { } value) BinaryPrimitives.WriteDoubleLittleEndian(rest, value);
        to.Advance(size);
    }

    /// <summary>Takes the next event off the front of <paramref name="block"/>; false at its end.</summary>
    /// <exception cref="InvalidDataException">The bytes are not events.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> block, out PackedEvent e)
    {
        e = default;
        if (block.IsEmpty) return false;
        var flags = Take(ref block, 1)[0];
        if (flags > (HasId | HasSubject | HasValue | HasProperties)) throw new InvalidDataException($"{flags} does not begin an event.");
        var at = BinaryPrimitives.ReadInt64LittleEndian(Take(ref block, 8));
        var name = Take(ref block, Take(ref block, 1)[0]);
        Guid? id = (flags & HasId) == 0 ? null : new Guid(Take(ref block, 16));
        var subject = (flags & HasSubject) == 0 ? default : Take(ref block, Take(ref block, 1)[0]);
        double? value = (flags & HasValue) == 0 ? null : BinaryPrimitives.ReadDoubleLittleEndian(Take(ref block, 8));
        if ((flags & HasProperties) != 0) Take(ref block, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref block, 2)));
        e = new(at, name, id, subject, value);
        return true;
    }

    private static Span<byte> Text(Span<byte> to, ReadOnlySpan<byte> text)
    {
        to[0] = (byte)text.Length;
        text.CopyTo(to[1..]);
        return to[(1 + text.Length)..];
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> block, int length)
    {
        if (block.Length < length) throw new InvalidDataException("The block ends within an event.");
        var taken = block[..length];
        block = block[length..];
        return taken;
    }
}

/// <summary>One event over the bytes it came in.</summary>
/// <param name="milliseconds">When it happened, since 1970.</param>
/// <param name="name">UTF-8.</param>
/// <param name="id">What makes a retry count once.</param>
/// <param name="subject">UTF-8; empty for none.</param>
/// <param name="value">A finite number.</param>
public readonly ref struct PackedEvent(long milliseconds, ReadOnlySpan<byte> name, Guid? id, ReadOnlySpan<byte> subject, double? value)
{
    public long Milliseconds { get; } = milliseconds;

    public ReadOnlySpan<byte> Name { get; } = name;

    public Guid? Id { get; } = id;

    public ReadOnlySpan<byte> Subject { get; } = subject;

    public double? Value { get; } = value;
}
