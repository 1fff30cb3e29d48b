using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Hello;

/// <summary>
/// Deals the numbers of the Hello page: unique and without a gap, across requests, replicas and restarts. Requests that come while an
/// update is under way share the next one, so the rate is not bound to one flush of the disk per request. A number belongs to a request,
/// not to a browser: when a request ends after it was counted but before it was answered, its number is used up all the same.
/// </summary>
public sealed class VisitCounter
{
    private readonly NpgsqlDataSource _database;
    private readonly DatabaseWatch _watch;
    private readonly Batcher<object?, long> _updates;

    public VisitCounter(NpgsqlDataSource database, DatabaseWatch watch) =>
        (_database, _watch, _updates) = (database, watch, new(AddAsync, int.MaxValue));

    /// <summary>The next number. Fails with what the database said, together with every request that shared the update.</summary>
    public async Task<long> NextAsync(CancellationToken cancellationToken)
    {
        // Who waits no longer, whatever the reason, is not counted.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await _watch.WaitAsync(() => _updates.AddAsync(null, leaving.Token));
        }
        finally
        {
            await leaving.CancelAsync();
        }
    }

    private async Task<IReadOnlyList<long>> AddAsync(IReadOnlyList<object?> visits)
    {
        await using var command = _database.CreateCommand("update visits set count = count + $1 returning count");
        command.CommandTimeout = 5;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = visits.Count });
        var last = (long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
        return [.. Enumerable.Range(1, visits.Count).Select(number => last - visits.Count + number)];
    }
}
