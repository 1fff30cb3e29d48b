namespace LittleService.Jobs;

/// <summary>How jobs of a kind are queued, retried and bounded.</summary>
public sealed record JobPolicy
{
    /// <summary>The policy of a kind that declares none.</summary>
    public static JobPolicy Default { get; } = new();

    /// <summary>The queue the job waits in.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>Within a queue, jobs of higher priority are started first.</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>The version of the job's contract. A worker that knows only an older one parks the job until it is upgraded.</summary>
    public short Version { get; init; } = 1;

    /// <summary>When and how often failed attempts are repeated.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long one attempt may take. Null means as long as its worker lives.</summary>
    public TimeSpan? Timeout { get; init; }
}
