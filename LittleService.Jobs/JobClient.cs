using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;

namespace LittleService.Jobs;

/// <summary>Enqueues jobs. Thread-safe.</summary>
public sealed class JobClient
{
    private const int LargestInsert = 1000;
    private readonly JobDatabase _database;
    private readonly JobStreams _streams;
    private readonly NewJobFactory _factory;
    private readonly BacklogGuard _backlog;
    private readonly Batcher<NewJob, Guid> _commits;
    private readonly SharedTransactions _transactions;

    internal JobClient(JobDatabase database, JobStreams streams, NewJobFactory factory, BacklogGuard backlog)
    {
        (_database, _streams, _factory, _backlog) = (database, streams, factory, backlog);
        // One commit at a time: two would halve the batches, and a commit costs more than the rows in it.
        _commits = new(StoreAsync, LargestInsert, isOfOne: RowFaults.IsRowFault);
        _transactions = new(this);
    }

    /// <summary>
    /// Closes the idle connections of the queue. Call it after the database was away, so that broken connections do not fail an enqueue
    /// each.
    /// </summary>
    public void ClearPool() => _database.Source.Clear();

    /// <summary>
    /// Stores a job in a transaction of its own; concurrent calls share a commit. When it returns, the job cannot be lost. When it throws
    /// because the connection broke or it was cancelled, the job may or may not be stored: enqueue again under a unique key.
    /// </summary>
    /// <returns>The id of the job.</returns>
    /// <exception cref="JobRefusedException">The job could never run; nothing was stored.</exception>
    /// <exception cref="JobQueueFullException">Too many jobs wait in its queue; nothing was stored.</exception>
    public async Task<Guid> EnqueueAsync<TJob>(TJob job, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TJob : IJob
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var activity = JobTelemetry.StartEnqueue(TJob.Kind);
        var row = _factory.Create(job, options);
        if (_backlog.IsNeeded)
            await _backlog.CheckAsync(row.Queue, cancellationToken);
        var id = await _commits.AddAsync(row, cancellationToken);
        JobTelemetry.Enqueued(row.Queue, row.Kind, 1);
        return id;
    }

    /// <summary>Stores many jobs. All are stored, or none.</summary>
    /// <returns>Their ids, in order.</returns>
    /// <exception cref="JobRefusedException">One of the jobs could never run; nothing was stored.</exception>
    public async Task<Guid[]> EnqueueManyAsync<TJob>(
        IEnumerable<TJob> jobs, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TJob : IJob
    {
        ArgumentNullException.ThrowIfNull(jobs);
        using var activity = JobTelemetry.StartEnqueue(TJob.Kind);
        var rows = jobs.Select(job => _factory.Create(job, options)).ToList();
        if (rows.Count > 0)
            await StoreAsync(rows, cancellationToken);
        return [.. rows.Select(row => row.StoredId)];
    }

    /// <summary>
    /// Stores a batch of jobs and one more that runs when all of them have ended, successful or not. All are stored, or none.
    /// </summary>
    /// <returns>The id of the last job.</returns>
    /// <exception cref="JobRefusedException">One of the jobs could never run; nothing was stored.</exception>
    public async Task<Guid> EnqueueBatchAsync<TJob, TLast>(
        IReadOnlyCollection<TJob> jobs, TLast last, EnqueueOptions? options = null, CancellationToken cancellationToken = default)
        where TJob : IJob
        where TLast : IJob
    {
        ArgumentNullException.ThrowIfNull(jobs);
        using var activity = JobTelemetry.StartEnqueue(TJob.Kind);
        var batch = Guid.CreateVersion7();
        var rows = jobs.Select(job => _factory.Create(job, options, batch: batch)).ToList();
        rows.Add(_factory.Create(last, null, awaits: batch));
        await StoreAsync(rows, cancellationToken);
        return rows[^1].Id;
    }

    /// <summary>Begins a transaction in which the caller writes its own rows and enqueues jobs: both happen or neither.</summary>
    public async Task<JobTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        var connection = await _database.Source.OpenConnectionAsync(cancellationToken);
        try
        {
            return new(connection, await connection.BeginTransactionAsync(cancellationToken), _factory, _streams, _backlog);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Runs work in a transaction that is committed after it, with the jobs it enqueues; concurrent calls share transactions and with them
    /// the flush of the disk. If its statements fail, only this call fails.
    /// </summary>
    /// <param name="work">Writes rows and enqueues jobs. It runs again, alone, when the shared transaction failed: it must do nothing else,
    /// lock no row that others lock too, and neither commit nor roll back. Its token is never cancelled.</param>
    /// <param name="cancellationToken">Gives up waiting; work that has begun by then may still be committed.</param>
    /// <exception cref="JobQueueFullException">Too many jobs wait in a queue; nothing was committed.</exception>
    public Task<T> InTransactionAsync<T>(Func<JobTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _transactions.RunAsync(work, cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> StoreAsync(IReadOnlyList<NewJob> rows)
    {
        await using (var connection = await _database.Source.OpenConnectionAsync())
            await JobInserts.StoreAsync(connection, null, rows, CancellationToken.None);
        _streams.Publish(rows);
        var ids = new Guid[rows.Count];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = rows[i].StoredId;
        return ids;
    }

    private async Task StoreAsync(List<NewJob> rows, CancellationToken cancellationToken)
    {
        await _backlog.CheckAsync(rows[0].Queue, cancellationToken);
        await using (var connection = await _database.Source.OpenConnectionAsync(cancellationToken))
            await StoreAsync(connection, rows, cancellationToken);
        _streams.Publish(rows);
        foreach (var ((queue, kind), count) in rows.CountBy(row => (row.Queue, row.Kind)))
            JobTelemetry.Enqueued(queue, kind, count);
    }

    private static async Task StoreAsync(Npgsql.NpgsqlConnection connection, List<NewJob> rows, CancellationToken cancellationToken)
    {
        if (rows.Count <= LargestInsert)
        {
            await JobInserts.StoreAsync(connection, null, rows, cancellationToken);
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var part in rows.Chunk(LargestInsert))
            await JobInserts.StoreAsync(connection, transaction, part, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
