namespace LittleService.Jobs.Schedules;

/// <summary>What a schedule does out of the ordinary.</summary>
public sealed record ScheduleOptions
{
    /// <summary>The zone whose clocks the expression speaks of.</summary>
    public TimeZoneInfo TimeZone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>What becomes of due times that passed while no worker ran.</summary>
    public MissedTicks Missed { get; init; } = MissedTicks.RunLast;

    /// <summary>Whether a tick is left out while the job of the one before has not ended.</summary>
    public bool SkipOverlapping { get; init; }
}

/// <summary>What becomes of due times that passed while no worker ran.</summary>
public enum MissedTicks
{
    /// <summary>The last of them runs, late; the others are noted as missed.</summary>
    RunLast,

    /// <summary>All of them run, late.</summary>
    RunAll,

    /// <summary>None runs; all are noted as missed.</summary>
    Skip,
}
