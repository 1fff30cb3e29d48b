namespace LittleService.Data.Stats;

/// <summary>Where a sum belongs.</summary>
public readonly record struct StatsKey(Grain Grain, DateTime Bucket, string Name);

/// <summary>What is known of one bucket of one name.</summary>
public sealed class StatsCell
{
    public long Count { get; set; }

    /// <summary>How many of them carry a value.</summary>
    public long Valued { get; set; }

    public double Sum { get; set; }

    public double? Min { get; set; }

    public double? Max { get; set; }

    /// <summary>Null as long as no event had a subject.</summary>
    public DistinctSketch? Subjects { get; set; }

    /// <summary>Null as long as no event had a value.</summary>
    public LogHistogram? Histogram { get; set; }

    public void Add(double? value, ulong? subject)
    {
        Count++;
        if (subject is { } hash) (Subjects ??= new()).Add(hash);
        if (value is not { } number) return;
        Valued++;
        Sum += number;
        Min = Math.Min(Min ?? number, number);
        Max = Math.Max(Max ?? number, number);
        (Histogram ??= new()).Add(number);
    }

    public void Merge(StatsCell other)
    {
        Count += other.Count;
        Valued += other.Valued;
        Sum += other.Sum;
        if (other.Min is { } min) Min = Math.Min(Min ?? min, min);
        if (other.Max is { } max) Max = Math.Max(Max ?? max, max);
        if (other.Subjects is { } subjects) (Subjects ??= new()).Merge(subjects);
        if (other.Histogram is { } histogram) (Histogram ??= new()).Merge(histogram);
    }
}
