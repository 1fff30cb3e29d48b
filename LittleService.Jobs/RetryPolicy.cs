namespace LittleService.Jobs;

/// <summary>
/// When failed attempts are retried. The delay before attempt n+1 is <c>First × 4^(n-1)</c>, at most <c>Longest</c>, plus up to 20 %
/// jitter, so that jobs that failed together do not retry together. By default: 1 second, 4 seconds, 16 seconds, 1 minute, 4 minutes, 17
/// minutes, then every hour: 10 attempts in about 3½ hours. Then the job is dead.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>The policy of a kind that declares none.</summary>
    public static RetryPolicy Default { get; } = new();

    /// <summary>How many attempts a job has in all; 1 means no retry.</summary>
    public int Attempts { get; init; } = 10;

    /// <summary>The wait after the first failed attempt.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The wait after attempt <paramref name="attempt"/> (counted from 1) failed.</summary>
    /// <param name="attempt">The attempt that failed.</param>
    /// <param name="chance">A number from 0 to 1.</param>
    public TimeSpan WaitAfter(int attempt, double chance)
    {
        var wait = Math.Min(First.TotalSeconds * Math.Pow(4, attempt - 1), Longest.TotalSeconds);
        return TimeSpan.FromSeconds(wait * (1 + (0.2 * chance)));
    }
}
