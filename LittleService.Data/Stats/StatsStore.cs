using Npgsql;
using NpgsqlTypes;

namespace LittleService.Data.Stats;

/// <summary>Reads the sums.</summary>
public sealed class StatsStore(NpgsqlDataSource database)
{
    /// <summary>
    /// The buckets of a name from <paramref name="from"/> until before <paramref name="to"/> that hold anything, in order.
    /// </summary>
    public async Task<List<(DateTime Bucket, StatsCell Cell)>> SeriesAsync(
        string name, DateTime from, DateTime to, Grain grain, CancellationToken cancellationToken)
    {
        var buckets = new List<DateTime>();
        for (var bucket = grain.Bucket(from); bucket < to; bucket += grain.Width()) buckets.Add(bucket);
        // Each bucket is probed by key: the key begins with it, so a range would read all names.
        await using var command = database.CreateCommand(
            $"select {StatsTable.Columns} from event_stats s where s.grain = $1 and s.bucket = any ($2) and s.name = $3 order by s.bucket");
        command.Parameters.Add(new() { Value = (short)grain });
        command.Parameters.Add(new() { Value = buckets.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = name });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var series = new List<(DateTime, StatsCell)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var (key, cell) = StatsTable.Read(reader);
            series.Add((key.Bucket, cell));
        }
        return series;
    }

    /// <summary>The names with the most events, the most first.</summary>
    public Task<List<(string Name, long Count)>> TopAsync(
        DateTime from, DateTime to, Grain grain, int limit, CancellationToken cancellationToken) =>
        database.QueryAsync<(string Name, long Count)>(
            """
            select name, sum(count)::bigint from event_stats where grain = @grain and bucket >= @begin and bucket < @to and name <> ''
            group by name order by 2 desc, 1 limit @limit
            """, new { grain = (short)grain, begin = grain.Bucket(from), to, limit }, cancellationToken);

    /// <summary>How many events of the stream's current life were summed; null before the first.</summary>
    public async Task<long?> AggregatedAsync(CancellationToken cancellationToken) =>
        (await database.QueryAsync<long?>("select total from event_positions order by moved_at desc limit 1", null, cancellationToken))
            .SingleOrDefault();
}
