using Dapper;
using LittleService.Data.Accounts;
using LittleService.Data.Health;
using LittleService.Data.Migrations;
using LittleService.Jobs;
using LittleService.Jobs.Storage;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.Data;

/// <summary>Adds the database to a process.</summary>
public static class DataExtensions
{
    /// <summary>
    /// Adds what every process needs of the database: the data source, the migrator, the health checks <c>postgres</c> and <c>schema</c>,
    /// the names of the queue's connections, and the Data Protection keys. Each feature adds its own stores.
    /// </summary>
    public static IHostApplicationBuilder AddData(this IHostApplicationBuilder builder)
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        builder.AddNpgsqlDataSource(ResourceNames.Database, settings =>
        {
            // Replaced by PostgresHealthCheck.
            settings.DisableHealthChecks = true;
            settings.DisableTracing = settings.DisableMetrics = !OtlpExport.IsConfigured(builder.Configuration);
        }, source => Tune(source.ConnectionStringBuilder, builder.Configuration));
        builder.Services.Configure<JobOptions>(static jobs =>
            (jobs.DatabaseConnectionName, jobs.RedisConnectionName) = (ResourceNames.Database, ResourceNames.Redis));
        builder.Services.AddSingleton(static services => new Migrator(
            services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<ILogger<Migrator>>(), Schema.Migrations));
        builder.Services.AddHealthChecks()
            .AddCheck<PostgresHealthCheck>("postgres", tags: [HealthTags.Ready])
            .AddCheck<SchemaHealthCheck>("schema", tags: [HealthTags.Ready]);
        builder.Services.AddSingleton<DatabaseWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DatabaseWatch>());
        builder.Services.AddSingleton<ProcessReports>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ProcessReports>());
        builder.Services.AddProblem(DatabaseProblem.Of);
        builder.Services.AddSharedDataProtection(builder.Configuration);
        return builder;
    }

    private static void Tune(NpgsqlConnectionStringBuilder connection, IConfiguration configuration)
    {
        // Aspire's proxy accepts connections and stays silent while the server behind it is down. Requests fail sooner, through
        // DatabaseWatch.
        connection.Timeout = 3;
        connection.PrepareStatements(configuration, 40);
        // No store leaves state on a connection (session locks, SET or LISTEN), and resetting it after each use cost as much as a query.
        connection.NoResetOnClose = true;
        // A small pool has a higher throughput than a large one: the server's processes compete less for the cores.
        connection.LimitTo(20);
    }
}
