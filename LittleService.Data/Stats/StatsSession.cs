using Dapper;
using LittleService.Data.Events;
using Npgsql;

namespace LittleService.Data.Stats;

/// <summary>
/// The connection of an aggregator, with a cache of the rows it wrote. Each event is counted once because the position moves in the
/// transaction of the sums, and only from where this session left it. After any failure the session and its cache are discarded.
/// </summary>
public sealed class StatsSession : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly StatsCells _cells;
    private readonly HashSet<(string, DateTime)> _partitions = [];
    private readonly Dictionary<Guid, StreamId> _positions = [];

    private StatsSession(NpgsqlConnection connection, StatsCells cells) => (_connection, _cells) = (connection, cells);

    public static async Task<StatsSession> OpenAsync(
        NpgsqlDataSource database, StatsOptions stats, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken);
        return new(connection, new(connection, stats, time));
    }

    /// <summary>
    /// Adds the events of <paramref name="entries"/>, all of one epoch and in order, to the sums: each entry once, whatever happens.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another aggregator moved the position; nothing was changed.</exception>
    public async Task<AggregatedBatch> AggregateAsync(IReadOnlyList<EventEntry> entries, CancellationToken cancellationToken)
    {
        var epoch = entries[0].Epoch;
        var position = await PositionAsync(epoch, cancellationToken);
        var scan = EventScan.Of(entries.Where(entry => entry.Id > position));
        if (scan.Last is not { } last) return default;

        await EnsurePartitionsAsync(scan, last, cancellationToken);
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
        await MoveAsync(epoch, position, last, cancellationToken);
        await ParkAsync(scan, cancellationToken);
        var batch = new StatsBatch(await NewIdsAsync(scan, last, cancellationToken));
        foreach (var entry in scan.Readable) Add(entry, batch);
        var overflowed = await _cells.AddAsync(batch, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _positions[epoch] = last.Id;
        return new(batch.Count, batch.Repeated, overflowed, scan.Unreadable.Count);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task<StreamId> PositionAsync(Guid epoch, CancellationToken cancellationToken)
    {
        if (_positions.TryGetValue(epoch, out var known)) return known;
        return _positions[epoch] = await _connection.QuerySingleAsync<StreamId>(new(
            """
            insert into event_positions values (@epoch, 0, 0, 0, now()) on conflict (epoch) do update set epoch = excluded.epoch
            returning milliseconds, sequence
            """, new { epoch }, cancellationToken: cancellationToken));
    }

    private async Task MoveAsync(Guid epoch, StreamId from, EventEntry to, CancellationToken cancellationToken)
    {
        var (milliseconds, sequence) = (to.Id.Milliseconds, to.Id.Sequence);
        var moved = await _connection.ExecuteAsync(new(
            """
            update event_positions set milliseconds = @milliseconds, sequence = @sequence, total = @Total, moved_at = now()
            where epoch = @epoch and milliseconds = @Before and sequence = @BeforeSequence
            """,
            new { epoch, Before = from.Milliseconds, BeforeSequence = from.Sequence, milliseconds, sequence, to.Total },
            cancellationToken: cancellationToken));
        if (moved == 0)
            throw new InvalidOperationException("Another aggregator moved the position meanwhile.");
    }

    // Ids of a batch are stored under one day, so that two of the same meet in one row also at midnight.
    private async Task<HashSet<Guid>> NewIdsAsync(EventScan scan, EventEntry last, CancellationToken cancellationToken)
    {
        if (scan.Ids.Count == 0) return [];
        var fresh = await _connection.QueryAsync<Guid>(new(
            """
            insert into event_ids (id, received) select new.id, @received from unnest(@ids) new (id)
            where not exists (select from event_ids old where old.id = new.id)
            on conflict do nothing returning id
            """, new { ids = scan.Ids.ToArray(), received = Received(last) }, cancellationToken: cancellationToken));
        return [.. fresh];
    }

    private static void Add(EventEntry entry, StatsBatch batch)
    {
        ReadOnlySpan<byte> block = entry.Block.AsSpan(1);
        while (EventBlock.TryRead(ref block, out var e)) batch.Add(e);
    }

    private async Task ParkAsync(EventScan scan, CancellationToken cancellationToken)
    {
        foreach (var (entry, reason) in scan.Unreadable)
        {
            await _connection.ExecuteAsync(new(
                "insert into event_blocks_unread values (@Epoch, @id, @Block, @reason, now()) on conflict do nothing",
                new { entry.Epoch, id = entry.Id.ToString(), entry.Block, reason }, cancellationToken: cancellationToken));
        }
    }

    // Before the transaction, so that the tables are locked only while a partition is created.
    private async Task EnsurePartitionsAsync(EventScan scan, EventEntry last, CancellationToken cancellationToken)
    {
        foreach (var day in scan.Days)
            foreach (var grain in Enum.GetValues<Grain>())
                if (_cells.Keeps(grain, day)) await EnsureAsync(StatsPartitions.Table(grain), day, cancellationToken);
        if (scan.Ids.Count > 0) await EnsureAsync(StatsPartitions.Ids, Received(last), cancellationToken);
    }

    private async Task EnsureAsync(string table, DateTime at, CancellationToken cancellationToken)
    {
        var (begins, ends) = StatsPartitions.Span(table, at);
        if (_partitions.Contains((table, begins))) return;
        await StatsPartitions.EnsureAsync(_connection, table, begins, ends, cancellationToken);
        _partitions.Add((table, begins));
    }

    private static DateTime Received(EventEntry entry) => DateTimeOffset.FromUnixTimeMilliseconds(entry.Id.Milliseconds).UtcDateTime.Date;
}

/// <summary>What one transaction did.</summary>
/// <param name="Events">Events read, those left out included.</param>
/// <param name="Repeated">Left out, since their id was counted before.</param>
/// <param name="Overflowed">Counted as <see cref="StatsName.Other"/>.</param>
/// <param name="Unreadable">Blocks put aside.</param>
public readonly record struct AggregatedBatch(int Events, long Repeated, long Overflowed, int Unreadable);
