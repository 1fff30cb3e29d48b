namespace LittleService.Jobs;

/// <summary>An enqueue was refused and nothing was stored: the job could never run. The message says why.</summary>
public sealed class JobRefusedException(string message) : Exception(message);

/// <summary>An enqueue was refused and nothing was stored: too many jobs wait in the queue. Trying again later can help.</summary>
public sealed class JobQueueFullException(string queue, int limit) : Exception($"The queue '{queue}' holds {limit} waiting jobs or more.")
{
    /// <summary>How long to wait before another try.</summary>
    public TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(5);
}

/// <summary>Thrown by a handler: try again after <paramref name="delay"/>. It counts as an attempt.</summary>
public sealed class RetryLaterException(TimeSpan delay, string reason) : Exception(reason)
{
    /// <summary>How long to wait.</summary>
    public TimeSpan Delay { get; } = delay;
}

/// <summary>
/// Thrown by a handler: not now, but after <paramref name="delay"/>. It counts as no attempt, so the handler has to decide when it is
/// enough.
/// </summary>
public sealed class SnoozeException(TimeSpan delay, string reason) : Exception(reason)
{
    /// <summary>How long to wait.</summary>
    public TimeSpan Delay { get; } = delay;
}

/// <summary>Thrown by a handler: no retry can help. The job is dead at once, with this reason.</summary>
public sealed class PermanentFailureException(string reason, Exception? inner = null) : Exception(reason, inner);

/// <summary>This attempt no longer owns its job (another worker took it over, or it was cancelled): nothing it writes is kept.</summary>
public sealed class JobLostException() : Exception("The job belongs to another attempt now.");
