using LittleService.Data.Events;
using LittleService.Jobs.Storage;
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
            // One connection, which ends with the session.
            Pooling = false,
            Timeout = 1,
            CommandTimeout = (int)options.StatementTimeout.TotalSeconds + 5,
        };
        connection.PrepareStatements(configuration, 20);
        // Rows are always found by key: a sequential scan for a large batch would slow requests down.
        connection.AddServerOptions(
            configuration,
            $"-c statement_timeout={(long)options.StatementTimeout.TotalMilliseconds} -c enable_hashjoin=off -c enable_mergejoin=off");
        return NpgsqlDataSource.Create(connection);
    }
}
