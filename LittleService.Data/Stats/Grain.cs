namespace LittleService.Data.Stats;

/// <summary>How wide a bucket is.</summary>
public enum Grain : short
{
    Minute = 0,
    Hour = 1,
    Day = 2,
}

public static class GrainExtensions
{
    public static TimeSpan Width(this Grain grain) => grain switch
    {
        Grain.Minute => TimeSpan.FromMinutes(1),
        Grain.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    /// <summary>The start of the bucket that holds a time.</summary>
    public static DateTime Bucket(this Grain grain, DateTime at) => new(at.Ticks - at.Ticks % grain.Width().Ticks, DateTimeKind.Utc);
}

/// <summary>Names that no sender can use.</summary>
public static class StatsName
{
    /// <summary>The sum of all names.</summary>
    public const string All = "";

    /// <summary>What the names beyond the limit of their day are counted as.</summary>
    public const string Other = "(other)";
}
