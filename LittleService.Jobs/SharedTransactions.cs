using LittleService.Jobs.Storage;
using Npgsql;

namespace LittleService.Jobs;

/// <summary>Transactions that concurrent callers share: see <see cref="JobClient.InTransactionAsync"/>.</summary>
internal sealed class SharedTransactions
{
    private const int Largest = 200;

    // Two: one is filled while Postgres flushes the other.
    private const int AtOnce = 2;
    private readonly JobClient _jobs;
    private readonly Batcher<Part, object?> _batcher;

    public SharedTransactions(JobClient jobs) => (_jobs, _batcher) = (jobs, new(RunAsync, Largest, AtOnce, IsOfOne));

    public async Task<T> RunAsync<T>(Func<JobTransaction, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var part = new Part(async transaction => await work(transaction, CancellationToken.None), ExecutionContext.Capture());
        return (T)(await _batcher.AddAsync(part, cancellationToken))!;
    }

    private async Task<IReadOnlyList<object?>> RunAsync(IReadOnlyList<Part> parts)
    {
        await using var transaction = await _jobs.BeginAsync(CancellationToken.None);
        var results = new List<object?>(parts.Count);
        foreach (var part in parts)
            results.Add(await part.RunAsync(transaction));
        await transaction.CommitAsync(CancellationToken.None);
        return results;
    }

    // An error about a row, or an exception of the caller's work, belongs to one part. A server that stops, a lost connection and a full
    // queue do not: retrying each part would keep all callers waiting for a database that is away.
    private static bool IsOfOne(Exception e) => e.IsRowFault() || e is not (NpgsqlException or JobQueueFullException);

    /// <summary>What one caller does, in its own context: its trace, its culture.</summary>
    private sealed record Part(Func<JobTransaction, Task<object?>> Work, ExecutionContext? Context)
    {
        public Task<object?> RunAsync(JobTransaction transaction)
        {
            if (Context is null) return Work(transaction);
            Task<object?>? task = null;
            ExecutionContext.Run(Context, _ => task = Work(transaction), null);
            return task!;
        }
    }
}
