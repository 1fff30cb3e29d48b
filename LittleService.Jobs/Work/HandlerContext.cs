using LittleService.Jobs.Storage;
using Npgsql;

namespace LittleService.Jobs.Work;

/// <summary>What a handler is given of its job, and the transaction it writes in.</summary>
internal sealed class HandlerContext(HeldJob job, JobDatabase database) : JobContext, IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public override Guid JobId => job.Id;

    public override int Attempt => job.Attempt;

    /// <summary>Null where the handler has asked for none.</summary>
    public NpgsqlTransaction? Transaction { get; private set; }

    public override async ValueTask<NpgsqlTransaction> TransactionAsync(CancellationToken cancellationToken)
    {
        if (Transaction is not null)
            return Transaction;
        _connection = await database.Handlers.OpenConnectionAsync(cancellationToken);
        return Transaction = await _connection.BeginTransactionAsync(cancellationToken);
    }

    public override async Task ReportProgressAsync(double progress, string? note, CancellationToken cancellationToken)
    {
        if (!await JobProgress.ReportAsync(database.Source, job, progress, note, cancellationToken))
            throw new JobLostException();
    }

    /// <summary>Rolls back what was not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Transaction is not null)
            await Transaction.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
