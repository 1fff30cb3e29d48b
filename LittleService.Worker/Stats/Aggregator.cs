using LittleService.Data.Events;
using LittleService.Data.Stats;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Worker.Stats;

/// <summary>
/// Reads the stream of events from its start, adds what is new to the sums and trims what it added. As everything added is trimmed, the
/// start is always near, and no id has to be remembered for longer than a batch: the position in Postgres tells what was added already.
/// </summary>
internal sealed partial class Aggregator(
    EventLog log,
    [FromKeyedServices(StatsExtensions.Database)] NpgsqlDataSource database,
    IOptions<StatsOptions> stats,
    SchemaSignal schema,
    TimeProvider time,
    ILogger<Aggregator> logger) : BackgroundService
{
    private const int BlocksPerRead = 32;
    private const int MaxBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Names keep coming once they do, twice a second; the metric counts them all.
    private static readonly TimeSpan OtherIsToldEvery = TimeSpan.FromMinutes(10);

    private readonly string _name = Guid.CreateVersion7().ToString("N");
    private bool _failing;
    private DateTimeOffset _toldOfOther;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await IsOursAsync(stoppingToken)) await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                if (!_failing) LogWaiting(exception.Message);
                _failing = true;
            }
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await StatsSession.OpenAsync(database, stats.Value, time, cancellationToken);
            do await RunAsync(session, cancellationToken);
            while (await IsOursAsync(cancellationToken));
        }
        finally
        {
            // Without Redis the lease expires by itself.
            await log.EndLeaseAsync(_name, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task<bool> IsOursAsync(CancellationToken cancellationToken) => log.TryLeaseAsync(_name, stats.Value.Lease, cancellationToken);

    private async Task RunAsync(StatsSession session, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var (entries, more) = await ReadAsync(cancellationToken);
        if (entries.Count > 0)
        {
            var batch = await session.AggregateAsync(entries, cancellationToken);
            await log.TrimAsync(entries[0].Epoch, entries[^1].Id, cancellationToken);
            Tell(batch, time.GetElapsedTime(start));
        }
        if (_failing) LogBack();
        _failing = false;
        // When behind, it continues with a short pause only: requests share the database.
        var spent = time.GetElapsedTime(start);
        await Task.Delay(
            more ? spent / 4 : stats.Value.Interval > spent ? stats.Value.Interval - spent : TimeSpan.Zero, time, cancellationToken);
    }

    /// <summary>The oldest entries, all of one epoch, and whether there are more.</summary>
    private async Task<(List<EventEntry> Entries, bool More)> ReadAsync(CancellationToken cancellationToken)
    {
        var (batch, bytes) = (new List<EventEntry>(), 0);
        while (true)
        {
            var read = await log.ReadAsync(batch.Count == 0 ? null : batch[^1].Id, BlocksPerRead, cancellationToken);
            foreach (var entry in read)
            {
                // One that is not ours is looked at alone.
                if (batch.Count > 0 && (entry.Epoch != batch[0].Epoch || entry.IsForeign)) return (batch, true);
                batch.Add(entry);
                bytes += entry.Block.Length;
            }
            if (read.Count < BlocksPerRead) return (batch, false);
            if (bytes > MaxBytes || batch[^1].Total - batch[0].Total >= stats.Value.MaxBatch) return (batch, true);
        }
    }

    private void Tell(AggregatedBatch batch, TimeSpan duration)
    {
        EventMetrics.AggregatedBatch(batch.Events, batch.Repeated, batch.Overflowed, duration);
        if (batch.Overflowed > 0 && time.GetUtcNow() - _toldOfOther > OtherIsToldEvery)
        {
            LogOverflowed(stats.Value.NamesPerDay);
            _toldOfOther = time.GetUtcNow();
        }
        if (batch.Unreadable > 0) LogUnreadable(batch.Unreadable);
    }

    [LoggerMessage(LogLevel.Warning, "Events wait to be counted: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(LogLevel.Information, "Events are counted again.")]
    private partial void LogBack();

    [LoggerMessage(LogLevel.Warning, "Events are counted as (other): their day has {Limit} names already.")]
    private partial void LogOverflowed(int limit);

    [LoggerMessage(LogLevel.Error, "{Count} blocks of events cannot be read and lie in event_blocks_unread.")]
    private partial void LogUnreadable(int count);
}
