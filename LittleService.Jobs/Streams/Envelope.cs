using System.Buffers.Binary;
using System.Text;

namespace LittleService.Jobs.Streams;

/// <summary>
/// What a stream entry holds: one or more jobs with all that is needed to run them, so that the fast path reads nothing from Postgres.
/// The first byte is the format's version; then, per job, its length and its fields, numbers little-endian.
/// </summary>
internal static class Envelope
{
    private const byte Format = 1;
    private const int Fixed = 16 + 4 + 8 + 2 + 2;

    public static byte[] Write(ReadOnlySpan<NewJob> jobs, long sentAt)
    {
        var size = 1;
        foreach (var job in jobs)
            size += 4 + Size(job);
        var bytes = new byte[size];
        bytes[0] = Format;
        var rest = bytes.AsSpan(1);
        foreach (var job in jobs)
            rest = rest[Write(rest, job, sentAt)..];
        return bytes;
    }

    /// <summary>The jobs of an entry, or null where the entry is not in a format this worker knows.</summary>
    public static List<EnvelopeJob>? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 1 || bytes.Span[0] != Format)
            return null;
        var jobs = new List<EnvelopeJob>();
        for (var rest = bytes[1..]; rest.Length > 0;)
        {
            if (rest.Length < 4)
                return null;
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            if (length < Fixed + 2 || length > rest.Length - 4 || ReadOne(rest.Slice(4, length)) is not { } job)
                return null;
            jobs.Add(job);
            rest = rest[(4 + length)..];
        }

        return jobs;
    }

    private static int Size(NewJob job) => Fixed + 1 + job.Kind.Length + 1 + (job.Trace?.Length ?? 0) + job.Payload.Length;

    private static int Write(Span<byte> to, NewJob job, long sentAt)
    {
        var size = Size(job);
        BinaryPrimitives.WriteInt32LittleEndian(to, size);
        job.Id.TryWriteBytes(to[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(to[20..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(to[24..], sentAt);
        BinaryPrimitives.WriteInt16LittleEndian(to[32..], job.Version);
        BinaryPrimitives.WriteInt16LittleEndian(to[34..], job.Sensitive ? (short)1 : (short)0);
        var at = 4 + Fixed;
        at += WriteText(to[at..], job.Kind);
        at += WriteText(to[at..], job.Trace ?? "");
        job.Payload.CopyTo(to[at..]);
        return 4 + size;
    }

    private static int WriteText(Span<byte> to, string text)
    {
        to[0] = (byte)text.Length;
        return 1 + Encoding.ASCII.GetBytes(text, to[1..]);
    }

    private static EnvelopeJob? ReadOne(ReadOnlyMemory<byte> bytes)
    {
        var span = bytes.Span;
        var kind = span[Fixed];
        var traceAt = Fixed + 1 + kind;
        if (traceAt >= span.Length || traceAt + 1 + span[traceAt] > span.Length)
            return null;
        var trace = span[traceAt];
        return new(
            new Guid(span[..16]),
            BinaryPrimitives.ReadInt32LittleEndian(span[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(span[20..]),
            BinaryPrimitives.ReadInt16LittleEndian(span[28..]),
            BinaryPrimitives.ReadInt16LittleEndian(span[30..]) == 1,
            bytes.Slice(Fixed + 1, kind),
            trace == 0 ? null : Encoding.ASCII.GetString(span.Slice(traceAt + 1, trace)),
            bytes[(traceAt + 1 + trace)..]);
    }
}
