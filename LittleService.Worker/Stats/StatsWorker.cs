using LittleService.Data.Stats;

namespace LittleService.Worker.Stats;

internal static class StatsWorker
{
    public static void AddStats(this WebApplicationBuilder builder)
    {
        builder.AddStatsWriter();
        builder.Services.AddHostedService<Aggregator>();
        builder.Services.AddHostedService<StatsRetention>();
    }
}
