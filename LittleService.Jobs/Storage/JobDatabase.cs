using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.Jobs.Storage;

/// <summary>
/// The queue's own pools, apart from that of the requests, so that neither can starve the other. Its statements look rows up by a handful
/// of keys; plans that were made while the table was small must not become scans when it has grown, hence the planner settings.
/// </summary>
internal sealed class JobDatabase : IAsyncDisposable
{
    private const string Planner =
        "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan -c jit=off";

    public JobDatabase(IConfiguration configuration, IOptions<JobOptions> options, ILoggerFactory loggers)
    {
        var name = options.Value.DatabaseConnectionName;
        var address = configuration.GetConnectionString(name)
            ?? throw new InvalidOperationException($"There is no connection string '{name}'.");
        Source = Build(address, configuration, 20, TimeSpan.FromSeconds(2), loggers);
        // Handlers may wait for one another.
        Handlers = Build(address, configuration, options.Value.Concurrency, TimeSpan.FromSeconds(15), loggers);
    }

    /// <summary>For the queue's own work, heartbeats among it.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>For the transactions of handlers: however many of them are open, the heartbeats go on.</summary>
    public NpgsqlDataSource Handlers { get; }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await Handlers.DisposeAsync();
    }

    private static NpgsqlDataSource Build(string address, IConfiguration configuration, int size, TimeSpan patience, ILoggerFactory loggers)
    {
        var settings = new NpgsqlConnectionStringBuilder(address)
        {
            ApplicationName = "jobs",
            Timeout = (int)patience.TotalSeconds,
            CommandTimeout = 30,
        };
        settings.PrepareStatements(configuration, 50);
        settings.AddServerOptions(configuration, Planner);
        settings.LimitTo(size);
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).UseLoggerFactory(loggers).Build();
    }
}
