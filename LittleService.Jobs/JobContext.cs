using Npgsql;

namespace LittleService.Jobs;

/// <summary>One attempt at a job.</summary>
public abstract class JobContext
{
    /// <summary>The job's id: the same in every attempt, so it is the idempotency key for calls outside Postgres.</summary>
    public abstract Guid JobId { get; }

    /// <summary>Which attempt this is, counted from 1. Attempts that a shutdown interrupted are not counted.</summary>
    public abstract int Attempt { get; }

    /// <summary>
    /// The transaction in which the job will be marked done; the first call begins it. What is written on its connection happens exactly
    /// once: it is committed together with the job, and rolled back if the attempt fails or has lost its job. The handler must not end it.
    /// </summary>
    public abstract ValueTask<NpgsqlTransaction> TransactionAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reports the progress, from 0 to 1, and a short note. Written immediately, outside the job's transaction.
    /// </summary>
    /// <exception cref="JobLostException">The job belongs to another attempt now, or was cancelled.</exception>
    public abstract Task ReportProgressAsync(double progress, string? note, CancellationToken cancellationToken);
}
