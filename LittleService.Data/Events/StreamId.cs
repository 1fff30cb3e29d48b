using System.Globalization;

namespace LittleService.Data.Events;

/// <summary>The id of an entry of a Redis stream: milliseconds and a number within them.</summary>
public readonly record struct StreamId(long Milliseconds, long Sequence)
{
    public static bool operator <(StreamId left, StreamId right) => right > left;

    public static bool operator >(StreamId left, StreamId right) =>
        left.Milliseconds != right.Milliseconds ? left.Milliseconds > right.Milliseconds : left.Sequence > right.Sequence;

    public static StreamId Parse(string id)
    {
        var dash = id.IndexOf('-', StringComparison.Ordinal);
        return new(
            long.Parse(id.AsSpan(0, dash), CultureInfo.InvariantCulture), long.Parse(id.AsSpan(dash + 1), CultureInfo.InvariantCulture));
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Milliseconds}-{Sequence}");
}
