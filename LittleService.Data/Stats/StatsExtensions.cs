using LittleService.Data.Events;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Data.Stats;

public static class StatsExtensions
{
    /// <summary>The data source of the aggregator, apart from that of the web.</summary>
    public const string Database = "stats";

    /// <summary>Adds the stream of events and what writes the sums.</summary>
    public static IHostApplicationBuilder AddStatsWriter(this IHostApplicationBuilder builder)
    {
        builder.AddEventLog();
        builder.Services.AddOptions<StatsOptions>().BindConfiguration("Stats");
        builder.Services.AddSingleton<StatsKeeper>();
        builder.Services.AddKeyedSingleton(Database, (services, _) => Create(
            services.GetRequiredService<IConfiguration>(), services.GetRequiredService<IOptions<StatsOptions>>().Value));
        return builder;
    }

    private static NpgsqlDataSource Create(IConfiguration configuration, StatsOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(ResourceNames.Database))
        {
            ApplicationName = "stats",
            // One connection, and its end frees its lock: a pool would keep both.
            Pooling = false,
            Timeout = 1,
            CommandTimeout = (int)options.StatementTimeout.TotalSeconds + 5,
            MaxAutoPrepare = 20,
            AutoPrepareMinUsages = 2,
        };
        // Rows are always found by key: a plan that reads a whole table for a large batch would be felt by the web.
        connection.Options = $"{connection.Options} -c statement_timeout={(long)options.StatementTimeout.TotalMilliseconds} -c enable_hashjoin=off "
            + "-c enable_mergejoin=off -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";
        return NpgsqlDataSource.Create(connection);
    }
}
