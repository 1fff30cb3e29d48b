namespace LittleService.Data.Events;

/// <summary>One entry of the stream: a block of events that were acknowledged together.</summary>
/// <param name="Id">Grows within an epoch, and only there.</param>
/// <param name="Epoch">Changes whenever the stream was lost or Redis started anew, since ids may then come again.</param>
/// <param name="Total">Events appended so far, these included.</param>
/// <param name="Block">The events; see <see cref="EventBlock"/>.</param>
public sealed record EventEntry(StreamId Id, Guid Epoch, long Total, byte[] Block)
{
    /// <summary>Whether another program wrote it into the stream; the block is then its content as text.</summary>
    public bool IsForeign => Epoch == Foreign;

    internal static Guid Foreign => Guid.AllBitsSet;
}

/// <summary>How full the stream is.</summary>
/// <param name="Entries">Blocks not yet aggregated.</param>
/// <param name="Bytes">What they take in Redis.</param>
/// <param name="Appended">Events ever appended.</param>
/// <param name="Oldest">When the oldest waiting block was appended; null when none waits.</param>
public sealed record StreamStatus(long Entries, long Bytes, long Appended, DateTimeOffset? Oldest);
