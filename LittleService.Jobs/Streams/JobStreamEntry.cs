using System.Globalization;

namespace LittleService.Jobs.Streams;

/// <summary>An entry as it was read.</summary>
/// <param name="Key">Its stream.</param>
/// <param name="Id">Its id: the milliseconds at which Redis took it, a dash, a number.</param>
/// <param name="Body">The envelope; empty when the entry was not written by this library.</param>
internal sealed record JobStreamEntry(string Key, string Id, byte[] Body)
{
    public static DateTimeOffset Time(string id) =>
        DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture));
}
