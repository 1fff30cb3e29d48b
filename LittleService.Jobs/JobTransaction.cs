using Npgsql;

namespace LittleService.Jobs;

/// <summary>A Postgres transaction that carries jobs. Disposing it without <see cref="CommitAsync"/> rolls everything back.</summary>
public abstract class JobTransaction : IAsyncDisposable
{
    /// <summary>The connection to write on.</summary>
    public abstract NpgsqlConnection Connection { get; }

    /// <summary>The transaction to write in.</summary>
    public abstract NpgsqlTransaction Transaction { get; }

    /// <summary>Adds a job to the transaction; it is stored by <see cref="CommitAsync"/>.</summary>
    /// <returns>The id the job will have.</returns>
    /// <exception cref="JobRefusedException">The job could never run.</exception>
    public abstract Guid Enqueue<TJob>(TJob job, EnqueueOptions? options = null)
        where TJob : IJob;

    /// <summary>Commits the caller's rows and the jobs, then tells the workers. That Redis cannot be reached is no error: workers find the rows.</summary>
    public abstract Task CommitAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
