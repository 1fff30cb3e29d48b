using System.Diagnostics.CodeAnalysis;
using System.Text;
using LittleService.Data.Events;

namespace LittleService.Data.Stats;

/// <summary>What one batch of events adds to the sums, gathered per minute and name.</summary>
internal sealed class StatsBatch(HashSet<Guid> newIds)
{
    private readonly Dictionary<byte[], NamedCells> _names = new(new Utf8Comparer());

    /// <summary>Events that were left out, since their id was counted before.</summary>
    public long Repeated { get; private set; }

    public int Count { get; private set; }

    public IEnumerable<(string Name, DateTime Minute, StatsCell Cell)> Cells =>
        from name in _names.Values from cell in name.Cells select (name.Text, new DateTime(cell.Key, DateTimeKind.Utc), cell.Value);

    /// <summary>Adds the event; false when it was counted before.</summary>
    public bool Add(in PackedEvent e)
    {
        Count++;
        if (e.Id is { } id && !newIds.Remove(id))
        {
            Repeated++;
            return false;
        }
        var names = _names.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!names.TryGetValue(e.Name, out var name)) names[e.Name] = name = new(Encoding.UTF8.GetString(e.Name));
        name.At(Minute(e.Milliseconds)).Add(e.Value, e.Subject.IsEmpty ? null : Hash(e.Subject));
        return true;
    }

    private static long Minute(long milliseconds)
    {
        var ticks = DateTime.UnixEpoch.Ticks + milliseconds * TimeSpan.TicksPerMillisecond;
        return ticks - ticks % TimeSpan.TicksPerMinute;
    }

    // Stored in sketches for years: it must never change. FNV-1a, and then mixed, since a sketch looks at the first bits most.
    private static ulong Hash(ReadOnlySpan<byte> text)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in text) hash = (hash ^ b) * 1099511628211UL;
        hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdUL;
        hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53UL;
        return hash ^ hash >> 33;
    }

    private sealed class NamedCells(string text)
    {
        private (long Minute, StatsCell? Cell) _last;

        public string Text { get; } = text;

        public Dictionary<long, StatsCell> Cells { get; } = [];

        // Most events of a name follow each other in one minute.
        public StatsCell At(long minute)
        {
            if (_last.Cell is { } last && _last.Minute == minute) return last;
            if (!Cells.TryGetValue(minute, out var cell)) Cells[minute] = cell = new();
            _last = (minute, cell);
            return cell;
        }
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = new HashCode();
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());
    }
}
