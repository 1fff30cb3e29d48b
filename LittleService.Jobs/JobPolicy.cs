namespace LittleService.Jobs;

/// <summary>How jobs of a kind are queued, retried and bounded.</summary>
public sealed record JobPolicy
{
    /// <summary>The policy of a kind that declares none.</summary>
    public static JobPolicy Default { get; } = new();

    /// <summary>The queue.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>Within a queue, jobs of higher priority are started first.</summary>
    public JobPriority Priority { get; init; } = JobPriority.Normal;

    /// <summary>The version of the job's contract. A worker that knows only an older one parks the job until it is upgraded.</summary>
    public short Version { get; init; } = 1;

    /// <summary>When and how often failed attempts are retried.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long one attempt may take. Null means no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many jobs of this kind may run at once, over all workers. Limited jobs are claimed from Postgres.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>
    /// How many of those that were enqueued with one <see cref="EnqueueOptions.LimitKey"/> may run at once, within the kind's own limit.
    /// </summary>
    public int? MaxRunningPerKey { get; init; }

    /// <summary>How many jobs of one limit key (of the kind, for those without a key) may start in each <see cref="RatePeriod"/>.</summary>
    public int? Rate { get; init; }

    /// <summary>
    /// The window in which <see cref="Rate"/> counts. It opens with the first start after the one before has passed, so never more than the
    /// rate start in a window, and at most twice the rate in any stretch of that length.
    /// </summary>
    public TimeSpan RatePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the payload is encrypted at rest, in Postgres and in Redis, with the Data Protection keys of the service.</summary>
    public bool Sensitive { get; init; }
}
