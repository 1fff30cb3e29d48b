using Npgsql;

namespace LittleService.Data.Stats;

/// <summary>The rows that a session is writing to, kept between batches: the same buckets are written again and again.</summary>
internal sealed class StatsCells(NpgsqlConnection connection, StatsOptions options, TimeProvider time)
{
    private const int Kept = 20_000;

    private readonly Dictionary<StatsKey, StatsCell> _cells = [];
    private readonly Dictionary<DateTime, HashSet<string>> _names = [];

    /// <summary>
    /// Adds a batch to the rows it touches and writes them; how many of its events went to <see cref="StatsName.Other"/>.
    /// </summary>
    public async Task<long> AddAsync(StatsBatch batch, CancellationToken cancellationToken)
    {
        var overflowed = 0L;
        var added = new Dictionary<StatsKey, StatsCell>();
        foreach (var (name, minute, cell) in batch.Cells)
        {
            var kept = await NameAsync(name, minute.Date, cancellationToken);
            if (kept == StatsName.Other) overflowed += cell.Count;
            Merge(added, new(Grain.Minute, minute, kept), cell);
            Merge(added, new(Grain.Minute, minute, StatsName.All), cell);
        }
        foreach (var (key, cell) in added.ToArray())
            foreach (var grain in new[] { Grain.Hour, Grain.Day })
                Merge(added, key with { Grain = grain, Bucket = grain.Bucket(key.Bucket) }, cell);
        await WriteAsync([.. added.Where(cell => Keeps(cell.Key.Grain, cell.Key.Bucket))], cancellationToken);
        return overflowed;
    }

    /// <summary>False for a bucket that retention would drop at once.</summary>
    public bool Keeps(Grain grain, DateTime bucket) =>
        StatsPartitions.Span(StatsPartitions.Table(grain), bucket).Ends > time.GetUtcNow() - options.Retention(grain);

    private async Task WriteAsync(KeyValuePair<StatsKey, StatsCell>[] added, CancellationToken cancellationToken)
    {
        var missing = added.Select(cell => cell.Key).Where(key => !_cells.ContainsKey(key)).ToList();
        if (missing.Count > 0) await StatsTable.LoadAsync(connection, missing, _cells, cancellationToken);
        foreach (var (key, cell) in added) Merge(_cells, key, cell);
        // In the order of the index, so that neighbours are written together and two writers could not deadlock.
        var rows = added.Select(cell => KeyValuePair.Create(cell.Key, _cells[cell.Key]))
            .OrderBy(row => row.Key.Grain).ThenBy(row => row.Key.Bucket).ThenBy(row => row.Key.Name, StringComparer.Ordinal).ToList();
        if (rows.Count > 0) await StatsTable.SaveAsync(connection, rows, cancellationToken);
        if (_cells.Count > Kept) Forget(rows);
    }

    private void Forget(List<KeyValuePair<StatsKey, StatsCell>> used)
    {
        _cells.Clear();
        if (used.Count > Kept) return;
        foreach (var (key, cell) in used) _cells.Add(key, cell);
    }

    private async ValueTask<string> NameAsync(string name, DateTime day, CancellationToken cancellationToken)
    {
        if (!_names.TryGetValue(day, out var names)) _names[day] = names = await NamesAsync(day, cancellationToken);
        return names.Contains(name) || names.Count < options.NamesPerDay && names.Add(name) ? name : StatsName.Other;
    }

    private async Task<HashSet<string>> NamesAsync(DateTime day, CancellationToken cancellationToken)
    {
        if (_names.Count > 8) _names.Clear();
        await using var command = new NpgsqlCommand(
            "select name from event_stats where grain = $1 and bucket = $2 and name not in ($3, $4)", connection);
        foreach (var value in new object[] { (short)Grain.Day, day, StatsName.All, StatsName.Other })
            command.Parameters.Add(new() { Value = value });
        var names = new HashSet<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0));
        return names;
    }

    private static void Merge(Dictionary<StatsKey, StatsCell> cells, StatsKey key, StatsCell cell)
    {
        if (!cells.TryGetValue(key, out var sum)) cells[key] = sum = new();
        sum.Merge(cell);
    }
}
