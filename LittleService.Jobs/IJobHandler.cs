namespace LittleService.Jobs;

/// <summary>Runs jobs of one kind. A new handler is created for every attempt, in its own scope.</summary>
public interface IJobHandler<in TJob>
    where TJob : IJob
{
    /// <summary>
    /// Runs the job. Returning marks the job done; an exception is a failed attempt, which is retried by the kind's policy. <see
    /// cref="RetryLaterException"/> asks for a delay, <see cref="SnoozeException"/> for one that costs no attempt, and <see
    /// cref="PermanentFailureException"/> for no retry at all.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="context">This attempt: its identity, its transaction, its progress.</param>
    /// <param name="cancellationToken">Cancelled when the attempt times out, is cancelled, lost its job to another worker, or the worker
    /// stops.</param>
    Task HandleAsync(TJob job, JobContext context, CancellationToken cancellationToken);
}
