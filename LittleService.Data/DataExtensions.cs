using LittleService.Data.Migrations;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.Data;

/// <summary>Adds the database to a process.</summary>
public static class DataExtensions
{
    /// <summary>Adds the data source, the migrator and the health checks <c>postgres</c> and <c>schema</c>.</summary>
    public static IHostApplicationBuilder AddData(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton(services => Connect(services.GetRequiredService<IConfiguration>(), services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton(services => new Migrator(services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<ILogger<Migrator>>()));
        builder.Services.AddHealthChecks()
            .AddCheck<PostgresHealthCheck>("postgres", HealthStatus.Unhealthy, [HealthTags.Ready])
            .AddCheck<SchemaHealthCheck>("schema", HealthStatus.Unhealthy, [HealthTags.Ready]);
        return builder;
    }

    private static NpgsqlDataSource Connect(IConfiguration configuration, ILoggerFactory loggers)
    {
        var settings = new NpgsqlConnectionStringBuilder(configuration.GetConnectionString(ResourceNames.Database))
        {
            // DCP's proxy accepts the connection and then says nothing while the server behind it is down.
            Timeout = 2,
        };
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers).Build();
    }
}
