using LittleService.Data.Stats;
using LittleService.Jobs;

namespace LittleService.Worker.Stats;

internal static class StatsWorker
{
    public static void AddStats(this WebApplicationBuilder builder)
    {
        builder.AddStatsWriter();
        builder.Services.AddHostedService<Aggregator>();
        builder.Services.AddJob<DropOldStats, DropOldStatsHandler>();
        builder.Services.AddSchedule("drop_old_stats", "23 * * * *", new DropOldStats());
    }
}
