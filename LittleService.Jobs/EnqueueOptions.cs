namespace LittleService.Jobs;

/// <summary>What one enqueue asks for beyond the policy of its kind.</summary>
public sealed record EnqueueOptions
{
    /// <summary>Run not before this time; null means now.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Another queue than the kind's.</summary>
    public string? Queue { get; init; }

    /// <summary>Another priority than the kind's.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>While an unfinished job has this key, enqueuing another is a no-op that returns the id of the first.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>
    /// Whose limit the job counts against, such as a customer; see <see cref="JobPolicy.MaxRunningPerKey"/> and
    /// <see cref="JobPolicy.Rate"/>.
    /// </summary>
    public string? LimitKey { get; init; }
}
