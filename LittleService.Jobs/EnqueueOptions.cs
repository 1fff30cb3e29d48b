namespace LittleService.Jobs;

/// <summary>Options of one enqueue, on top of the policy of its kind.</summary>
public sealed record EnqueueOptions
{
    /// <summary>The earliest time to run; null means now.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Overrides the kind's queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Overrides the kind's priority.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>While an unfinished job has this key, enqueuing another is a no-op that returns the id of the first.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>
    /// Whose limit the job counts against, such as a customer; see <see cref="JobPolicy.MaxRunningPerKey"/> and
    /// <see cref="JobPolicy.Rate"/>.
    /// </summary>
    public string? LimitKey { get; init; }
}
