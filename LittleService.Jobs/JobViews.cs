namespace LittleService.Jobs;

/// <summary>Which jobs to list. What is left out matches all.</summary>
public sealed record JobSearch
{
    /// <summary>States out of <see cref="JobReader.States"/>; none means all that are not completed.</summary>
    public IReadOnlyList<string> States { get; init; } = [];

    /// <summary>Jobs of one kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Jobs of one queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only jobs that ended at this time or later, UTC; not for completed ones.</summary>
    public DateTime? EndedSince { get; init; }

    /// <summary>Only jobs after this one in the list, which is where the page before it ended.</summary>
    public Guid? After { get; init; }

    /// <summary>Of completed jobs, which are listed by the time of their end, that of <see cref="After"/>.</summary>
    public DateTime? AfterEnd { get; init; }
}

/// <summary>A job in a list. Times are UTC; <c>Reason</c> says why it stopped or what failed last.</summary>
public record JobSummary(
    Guid Id, string State, string Queue, string Kind, DateTime CreatedAt, DateTime? RunAt, DateTime? EndedAt, int Attempt, string? Worker,
    string? Reason);

/// <summary>All that is known about one job.</summary>
/// <param name="Job">What lists show of it.</param>
/// <param name="Attempts">The attempts that did not succeed, newest first.</param>
public sealed record JobDetail(JobSummary Job, IReadOnlyList<JobAttempt> Attempts)
{
    /// <summary>The JSON it was enqueued with; null where it is sensitive, or no longer kept since the job has completed.</summary>
    public string? Payload { get; init; }

    /// <summary>Whether the payload is kept from everybody but the handler.</summary>
    public bool Sensitive { get; init; }

    /// <summary>The trace of whoever enqueued it, in hexadecimal.</summary>
    public string? TraceId { get; init; }

    /// <summary>How far it is, from 0 to 1, as its handler reported.</summary>
    public double? Progress { get; init; }

    /// <summary>The handler's own words about that.</summary>
    public string? Note { get; init; }

    /// <summary>How many workers were lost while they ran it.</summary>
    public int Crashes { get; init; }

    /// <summary>How long the successful attempt took, in milliseconds.</summary>
    public double? Milliseconds { get; init; }
}

/// <summary>An attempt that did not succeed: <c>failed</c>, <c>timed out</c>, <c>worker lost</c> or <c>interrupted</c>.</summary>
public sealed record JobAttempt(DateTime EndedAt, string Outcome, string? Worker, double? Milliseconds, string? Error);

/// <summary>How many jobs are alike; of more than <see cref="JobReader.MostCounted"/> in a state nobody counts the rest.</summary>
public sealed record JobCount(string State, string Queue, string Kind, long Jobs);

/// <summary>
/// A schedule with its last and its next due time, UTC. <c>Outcome</c> is what became of the last: <c>enqueued</c>, <c>missed</c> or
/// <c>overlapped</c>.
/// </summary>
public sealed record ScheduleView(string Name, string Definition, DateTimeOffset? Next, DateTime? Last, string? Outcome, Guid? JobId)
{
    /// <summary>When a worker last looked after it, to half a minute.</summary>
    public DateTime SeenAt { get; init; }

    /// <summary>
    /// Whether that was recently. If not, no running worker has this schedule, and there is no next due time.
    /// </summary>
    public bool IsRunning { get; init; }

    /// <summary>Why this process cannot tell when it is due next; null where it can.</summary>
    public string? Problem { get; init; }
}

/// <summary>An act of an operator.</summary>
public sealed record JobAct(long Id, DateTime At, string Actor, string Action, string Detail, long Jobs);
