using LittleService.Jobs;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Data.Stats;

/// <summary>Drops what has been kept long enough.</summary>
public sealed class StatsKeeper(NpgsqlDataSource database, IOptions<StatsOptions> stats, TimeProvider time)
{
    public async Task DropAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await StatsPartitions.DropAsync(database, StatsPartitions.Ids, now - stats.Value.IdRetention, cancellationToken);
        foreach (var grain in Enum.GetValues<Grain>())
            await StatsPartitions.DropAsync(database, StatsPartitions.Table(grain), now - stats.Value.Retention(grain), cancellationToken);
    }
}

/// <summary>Drops the partitions of events and their sums whose time has passed.</summary>
public sealed record DropOldStats : IJob
{
    public static string Kind => "drop_old_stats";
}
