using Npgsql;
using NpgsqlTypes;

namespace LittleService.Data.Stats;

/// <summary>The rows of the sums: many at once.</summary>
internal static class StatsTable
{
    public const string Columns = "s.grain, s.bucket, s.name, s.count, s.valued, s.sum, s.min, s.max, s.subjects, s.histogram";

    public static async Task LoadAsync(
        NpgsqlConnection connection, IReadOnlyList<StatsKey> keys, IDictionary<StatsKey, StatsCell> into,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} from unnest($1, $2, $3) k (grain, bucket, name)
            join event_stats s on s.grain = k.grain and s.bucket = k.bucket and s.name = k.name
            """, connection);
        AddKeys(command, keys);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (key, cell) = Read(reader);
            into[key] = cell;
        }
    }

    /// <summary>
    /// Overwrites the cells: the position of the stream guarantees that nobody else has written meanwhile.
    /// </summary>
    public static async Task SaveAsync(
        NpgsqlConnection connection, IReadOnlyList<KeyValuePair<StatsKey, StatsCell>> cells, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into event_stats (grain, bucket, name, count, valued, sum, min, max, subjects, histogram)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            on conflict (grain, bucket, name) do update set count = excluded.count, valued = excluded.valued, sum = excluded.sum,
              min = excluded.min, max = excluded.max, subjects = excluded.subjects, histogram = excluded.histogram
            """, connection);
        AddKeys(command, [.. cells.Select(cell => cell.Key)]);
        Add(command, NpgsqlDbType.Bigint, cells, cell => cell.Count);
        Add(command, NpgsqlDbType.Bigint, cells, cell => cell.Valued);
        Add(command, NpgsqlDbType.Double, cells, cell => cell.Sum);
        Add(command, NpgsqlDbType.Double, cells, cell => cell.Min);
        Add(command, NpgsqlDbType.Double, cells, cell => cell.Max);
        Add(command, NpgsqlDbType.Bytea, cells, cell => cell.Subjects?.ToBytes());
        Add(command, NpgsqlDbType.Bytea, cells, cell => cell.Histogram?.ToBytes());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static (StatsKey Key, StatsCell Cell) Read(NpgsqlDataReader row) => (
        new((Grain)row.GetInt16(0), row.GetDateTime(1), row.GetString(2)),
        new()
        {
            Count = row.GetInt64(3),
            Valued = row.GetInt64(4),
            Sum = row.GetDouble(5),
            Min = row.IsDBNull(6) ? null : row.GetDouble(6),
            Max = row.IsDBNull(7) ? null : row.GetDouble(7),
            Subjects = row.IsDBNull(8) ? null : DistinctSketch.FromBytes(row.GetFieldValue<byte[]>(8)),
            Histogram = row.IsDBNull(9) ? null : LogHistogram.FromBytes(row.GetFieldValue<byte[]>(9)),
        });

    private static void AddKeys(NpgsqlCommand command, IReadOnlyList<StatsKey> keys)
    {
        command.Parameters.Add(
            new() { Value = keys.Select(key => (short)key.Grain).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        command.Parameters.Add(
            new() { Value = keys.Select(key => key.Bucket).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(
            new() { Value = keys.Select(key => key.Name).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
    }

    private static void Add<T>(
        NpgsqlCommand command, NpgsqlDbType type, IReadOnlyList<KeyValuePair<StatsKey, StatsCell>> cells, Func<StatsCell, T> value) =>
        command.Parameters.Add(
            new() { Value = cells.Select(cell => value(cell.Value)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
