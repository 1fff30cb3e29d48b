namespace LittleService.Jobs.Streams;

/// <summary>A job as a stream entry names it.</summary>
/// <param name="Id">The job.</param>
/// <param name="Token">The fence it was sent with.</param>
/// <param name="SentAt">When, in milliseconds of Unix time.</param>
/// <param name="Version">The version of its contract.</param>
/// <param name="Sensitive">Whether the payload is encrypted.</param>
/// <param name="Kind">Its kind, ASCII.</param>
/// <param name="Trace">The W3C trace parent of the enqueue.</param>
/// <param name="Payload">Its JSON.</param>
internal readonly record struct EnvelopeJob(
    Guid Id, int Token, long SentAt, short Version, bool Sensitive, ReadOnlyMemory<byte> Kind, string? Trace, ReadOnlyMemory<byte> Payload);
