using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Npgsql;

namespace LittleService.Jobs;

/// <summary>A Postgres transaction that carries jobs. Disposing it without <see cref="CommitAsync"/> rolls everything back.</summary>
public sealed class JobTransaction : IAsyncDisposable
{
    private readonly NewJobFactory _factory;
    private readonly JobStreams _streams;
    private readonly BacklogGuard _backlog;
    private readonly List<NewJob> _jobs = [];
    private NpgsqlBatch? _statements;

    internal JobTransaction(
        NpgsqlConnection connection, NpgsqlTransaction transaction, NewJobFactory factory, JobStreams streams, BacklogGuard backlog) =>
        (Connection, Transaction, _factory, _streams, _backlog) = (connection, transaction, factory, streams, backlog);

    /// <summary>The connection to write on.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>The transaction to write in.</summary>
    public NpgsqlTransaction Transaction { get; }

    /// <summary>
    /// Adds a statement without a result: all of them are sent together by <see cref="CommitAsync"/>, in order.
    /// </summary>
    /// <param name="sql">The statement, with <c>$1</c> for the first value.</param>
    /// <param name="values">The values.</param>
    public void Add(string sql, params ReadOnlySpan<object?> values)
    {
        var statement = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            statement.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        _statements ??= new NpgsqlBatch(Connection, Transaction);
        _statements.BatchCommands.Add(statement);
    }

    /// <summary>Adds a job to the transaction; it is stored by <see cref="CommitAsync"/>.</summary>
    /// <returns>The id the job will have, unless an unfinished job holds its unique key: then nothing is stored.</returns>
    /// <exception cref="JobRefusedException">The job could never run.</exception>
    public Guid Enqueue<TJob>(TJob job, EnqueueOptions? options = null)
        where TJob : IJob
    {
        using var activity = JobTelemetry.StartEnqueue(TJob.Kind);
        var row = _factory.Create(job, options);
        _jobs.Add(row);
        JobTelemetry.Enqueued(row.Queue, row.Kind, 1);
        return row.Id;
    }

    /// <summary>
    /// Sends the statements, commits the caller's rows and the jobs, then notifies the workers. An unreachable Redis is no error: workers
    /// find the rows in Postgres.
    /// </summary>
    /// <exception cref="JobQueueFullException">Too many jobs wait in a queue; nothing was committed.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in _backlog.IsNeeded ? _jobs.Select(job => job.Queue).Distinct() : [])
            await _backlog.CheckAsync(queue, cancellationToken);
        if (_statements is not null)
            await _statements.ExecuteNonQueryAsync(cancellationToken);
        if (_jobs.Count > 0)
            await JobInserts.StoreAsync(Connection, Transaction, _jobs, cancellationToken);
        await Transaction.CommitAsync(cancellationToken);
        _streams.Publish(_jobs);
        _jobs.Clear();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_statements is not null)
            await _statements.DisposeAsync();
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}
