using System.Text.Unicode;
using LittleService.Data.Events;

namespace LittleService.Data.Stats;

/// <summary>A first look at the blocks of a batch: what can be read, and what the transaction will need.</summary>
internal sealed class EventScan
{
    public List<EventEntry> Readable { get; } = [];

    public List<(EventEntry Entry, string Reason)> Unreadable { get; } = [];

    /// <summary>The ids in the order they came, some of them perhaps twice.</summary>
    public List<Guid> Ids { get; } = [];

    public HashSet<DateTime> Days { get; } = [];

    /// <summary>Null when there is nothing to do.</summary>
    public EventEntry? Last { get; private set; }

    public static EventScan Of(IEnumerable<EventEntry> entries)
    {
        var scan = new EventScan();
        foreach (var entry in entries) scan.Look(entry);
        return scan;
    }

    private void Look(EventEntry entry)
    {
        Last = entry;
        var ids = Ids.Count;
        try
        {
            if (entry.IsForeign) throw new InvalidDataException("The entry is none of this service.");
            Look(entry.Block);
            Readable.Add(entry);
        }
        catch (InvalidDataException exception)
        {
            Ids.RemoveRange(ids, Ids.Count - ids);
            Unreadable.Add((entry, exception.Message));
        }
    }

    // Would fail the statement that writes the whole batch.
    private static bool IsText(ReadOnlySpan<byte> text) => Utf8.IsValid(text) && !text.Contains((byte)0);

    private void Look(ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty || block[0] != EventBlock.Format)
            throw new InvalidDataException("The block has a format that this version does not know.");
        block = block[1..];
        var last = long.MinValue;
        while (EventBlock.TryRead(ref block, out var e))
        {
            if (e.Id is { } id) Ids.Add(id);
            if (e.Name.IsEmpty || !IsText(e.Name) || !IsText(e.Subject))
                throw new InvalidDataException("An event holds a name or a subject that is no text.");
            if (e.Value is { } value && !(Math.Abs(value) <= EventOptions.LargestValue))
                throw new InvalidDataException("An event holds a value that cannot be summed.");
            if (e.Milliseconds is < 0 or > 4102444800000)
                throw new InvalidDataException("An event lies outside of the years 1970 to 2099.");
            var day = e.Milliseconds / 86_400_000;
            if (day != last) Days.Add(DateTime.UnixEpoch.AddDays(last = day));
        }
    }
}
