using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Hello;

/// <summary>
/// The numbers of the Hello page: unique and without gaps, across requests, replicas and restarts. Requests during an update share the next
/// one, so that not every request costs a flush of the disk. A number belongs to a request, not to a browser: a request that is aborted
/// after it was counted has used its number.
/// </summary>
public sealed class VisitCounter
{
    private readonly NpgsqlDataSource _database;
    private readonly DatabaseWatch _watch;
    private readonly Batcher<object?, long> _updates;

    public VisitCounter(NpgsqlDataSource database, DatabaseWatch watch) =>
        (_database, _watch, _updates) = (database, watch, new(AddAsync, int.MaxValue));

    /// <summary>The next number. A failure of the database fails all requests that share the update.</summary>
    public async Task<long> NextAsync(CancellationToken cancellationToken)
    {
        // Requests that were aborted before are not counted.
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
