namespace LittleService.Jobs;

/// <summary>Which stopped jobs to replay. Everything left out matches all.</summary>
public sealed record ReplayFilter
{
    /// <summary>One job.</summary>
    public Guid? Id { get; init; }

    /// <summary>Jobs of one kind.</summary>
    public string? Kind { get; init; }

    /// <summary>States out of <c>dead</c>, <c>quarantined</c>, <c>cancelled</c> and <c>parked</c>.</summary>
    public IReadOnlyList<string> States { get; init; } = ["dead", "quarantined"];

    /// <summary>Only jobs that ended at this time or later.</summary>
    public DateTimeOffset? EndedSince { get; init; }

    /// <summary>At most so many, oldest first.</summary>
    public int Most { get; init; } = 10_000;
}
