namespace LittleService.Data.Stats;

/// <summary>Settings of the section <c>Stats</c>: how the worker aggregates and how long sums are kept.</summary>
public sealed class StatsOptions
{
    /// <summary>
    /// Names of one UTC day that have sums of their own; any other name of that day is counted as <see cref="StatsName.Other"/>.
    /// </summary>
    public int NamesPerDay { get; set; } = 1000;

    /// <summary>The pause between two transactions while the worker keeps up. Behind, it goes on at once with larger batches.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The most events of one transaction.</summary>
    public int MaxBatch { get; set; } = 50_000;

    /// <summary>How long one statement of the aggregation may take.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long the worker that aggregates is the only one; longer than a batch takes. What it leaves unfinished when it is killed, another
    /// takes up after it.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long sums per minute are kept; also how long an event may be late and still get a minute of its own.</summary>
    public TimeSpan MinuteRetention { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long sums per hour are kept.</summary>
    public TimeSpan HourRetention { get; set; } = TimeSpan.FromDays(3 * 366);

    /// <summary>How long sums per day are kept.</summary>
    public TimeSpan DayRetention { get; set; } = TimeSpan.FromDays(10 * 366);

    /// <summary>How long at least an id is remembered, so that a retry with it counts once.</summary>
    public TimeSpan IdRetention { get; set; } = TimeSpan.FromDays(1);

    public TimeSpan Retention(Grain grain) => grain switch
    {
        Grain.Minute => MinuteRetention,
        Grain.Hour => HourRetention,
        _ => DayRetention,
    };
}
