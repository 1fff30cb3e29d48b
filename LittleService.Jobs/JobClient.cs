namespace LittleService.Jobs;

/// <summary>Puts jobs into the queue. Safe to use from many threads at once.</summary>
public abstract class JobClient
{
    /// <summary>Stores a job in a transaction of its own; concurrent calls share a commit. When it returns, the job cannot be lost.</summary>
    /// <returns>The id of the job.</returns>
    /// <exception cref="JobRefusedException">The job could never run; nothing was stored.</exception>
    public abstract Task<Guid> EnqueueAsync<TJob>(TJob job, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TJob : IJob;

    /// <summary>Stores many jobs, all or none.</summary>
    /// <returns>Their ids, in order.</returns>
    /// <exception cref="JobRefusedException">One of the jobs could never run; nothing was stored.</exception>
    public abstract Task<Guid[]> EnqueueManyAsync<TJob>(IEnumerable<TJob> jobs, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TJob : IJob;

    /// <summary>Begins a transaction in which the caller writes its own rows and enqueues jobs: both happen or neither.</summary>
    public abstract Task<JobTransaction> BeginAsync(CancellationToken cancellationToken);
}
