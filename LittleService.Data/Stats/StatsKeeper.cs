using LittleService.Data.Events;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Data.Stats;

/// <summary>Drops what has been kept long enough.</summary>
public sealed class StatsKeeper(NpgsqlDataSource database, IOptions<StatsOptions> stats, IOptions<EventOptions> events, TimeProvider time)
{
    /// <summary>How many partitions were dropped.</summary>
    public async Task<int> DropAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var dropped = await StatsPartitions.DropAsync(database, StatsPartitions.Ids, now - stats.Value.IdRetention, cancellationToken);
        dropped += await StatsPartitions.DropAsync(database, StatsPartitions.Events, now - events.Value.RawRetention, cancellationToken);
        foreach (var grain in Enum.GetValues<Grain>())
            dropped += await StatsPartitions.DropAsync(database, StatsPartitions.Table(grain), now - stats.Value.Retention(grain), cancellationToken);
        return dropped;
    }
}
