using System.Collections.Concurrent;
using System.Text;
using LittleService.Data.Stats;
using Microsoft.Extensions.Options;

namespace LittleService.Api.Events;

/// <summary>
/// Knows which names are beyond the limit of their day. The worker decides that, and counts the first of them as
/// <see cref="StatsName.Other"/>; from then on the names of that day stay the same, so that every replica reads the same ones from Postgres
/// and can tell the sender.
/// </summary>
internal sealed class NameLimit(StatsStore store, IOptions<StatsOptions> options, TimeProvider time) : BackgroundService
{
    private const int DaysKept = 8;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The names by day, for days that events come for; null while there is room for more.
    private readonly ConcurrentDictionary<long, HashSet<string>?> _days = [];

    /// <summary>How many names a day may have.</summary>
    public int PerDay => options.Value.NamesPerDay;

    public bool IsBeyond(ReadOnlySpan<byte> name, long milliseconds)
    {
        var day = milliseconds / 86_400_000;
        if (!_days.TryGetValue(day, out var names)) _days.TryAdd(day, null);
        if (names is null) return false;
        Span<char> text = stackalloc char[name.Length];
        return !names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..Encoding.UTF8.GetChars(name, text)]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Pause, time, stoppingToken);
            // Days pass, and a sender may send for many: whichever still come are back at once.
            if (_days.Count > DaysKept) _days.Clear();
            foreach (var (day, names) in _days)
                if (names is null) await TryLookAsync(day, stoppingToken);
        }
    }

    private async Task TryLookAsync(long day, CancellationToken cancellationToken)
    {
        try
        {
            if (await store.OverflowedNamesAsync(DateTime.UnixEpoch.AddDays(day), cancellationToken) is { } names && names.Count >= PerDay)
                _days[day] = names;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Intake goes on without Postgres; until it is back the worker alone knows, and counts them as other.
        }
    }
}
