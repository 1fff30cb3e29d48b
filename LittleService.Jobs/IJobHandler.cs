namespace LittleService.Jobs;

/// <summary>Runs jobs of one kind. A handler is made anew, in a scope of its own, for every attempt.</summary>
public interface IJobHandler<in TJob>
    where TJob : IJob
{
    /// <summary>
    /// Does the work. Returning marks the job done; an exception is a failed attempt, which is retried by the kind's policy.
    /// <see cref="RetryLaterException"/> asks for a delay, <see cref="SnoozeException"/> for one that costs no attempt, and
    /// <see cref="PermanentFailureException"/> for no retry at all.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="context">This attempt: its identity, its transaction, its progress.</param>
    /// <param name="cancellationToken">Cancelled when the attempt times out, is cancelled, lost its job to another worker, or the worker
    /// stops.</param>
    Task HandleAsync(TJob job, JobContext context, CancellationToken cancellationToken);
}
