using LittleService.Jobs;
using LittleService.Jobs.Streams;
using LittleService.Jobs.Work;
using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A process of the service in miniature: the queue's client, and a worker where wanted.</summary>
internal sealed class JobsHost : IAsyncDisposable
{
    private readonly IHost _host;

    private JobsHost(IHost host) => _host = host;

    public JobClient Client => Get<JobClient>();

    public JobAdmin Admin => Get<JobAdmin>();

    public JobReader Reader => Get<JobReader>();

    /// <summary>What its handlers note.</summary>
    public Board Board => Get<Board>();

    public static JobsHost Create(
        JobDatabaseFixture database, string prefix, bool worker = true, Action<JobOptions>? options = null, Board? board = null, string? redis = null,
        Action<IServiceCollection>? services = null, string? address = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"ConnectionStrings:{ResourceNames.Database}"] = address ?? database.Database,
            [$"ConnectionStrings:{ResourceNames.Redis}"] = redis ?? database.Redis,
            ["Jobs:KeyPrefix"] = prefix,
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(board ?? new Board());
        builder.Services.AddSingleton<IPayloadProtector, ReversedPayloads>();
        if (worker)
            AddWorker(builder, options);
        else
            builder.AddJobs(options);
        services?.Invoke(builder.Services);
        return new(builder.Build());
    }

    public static async Task<JobsHost> StartAsync(
        JobDatabaseFixture database, string prefix, bool worker = true, Action<JobOptions>? options = null, Board? board = null, string? redis = null,
        Action<IServiceCollection>? services = null, string? address = null)
    {
        var host = Create(database, prefix, worker, options, board, redis, services, address);
        await host._host.StartAsync();
        return host;
    }

    public IServiceProvider Services => _host.Services;

    public T Get<T>()
        where T : notnull
        => _host.Services.GetRequiredService<T>();

    /// <summary>How many jobs came to this worker this way.</summary>
    public long Fetched(JobSource source) => Get<FastPath>().Count(source);

    public async Task<HealthReportEntry> HealthAsync(string name) =>
        (await Get<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries[name];

    /// <summary>Returns when what is enqueued goes to the streams: a host that is just connecting leaves it to be found in Postgres.</summary>
    public Task ConnectedAsync() => Eventually.TrueAsync(() => Get<JobStreams>().IsUp);

    /// <summary>
    /// Enqueues until a job comes by its stream. Not each does: on a machine so busy that Redis answers late, and for some seconds after jobs were
    /// claimed from Postgres instead.
    /// </summary>
    public async Task TakeByTheStreamAsync()
    {
        var before = Fetched(JobSource.Stream);
        await Eventually.TrueAsync(async () =>
        {
            await Client.EnqueueAsync(new Note("by the stream"), cancellationToken: TestContext.Current.CancellationToken);
            return Fetched(JobSource.Stream) > before;
        });
    }

    public Task StartAsync() => _host.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private static void AddWorker(HostApplicationBuilder builder, Action<JobOptions>? options)
    {
        builder.AddJobWorker(options);
        builder.Services.AddJob<Note, NoteHandler>();
        builder.Services.AddJob<Effect, EffectHandler>();
        builder.Services.AddJob<Flaky, FlakyHandler>();
        builder.Services.AddJob<Slow, SlowHandler>();
        builder.Services.AddJob<Limited, LimitedHandler>();
        builder.Services.AddJob<Rated, RatedHandler>();
        builder.Services.AddJob<Measured, MeasuredHandler>();
        builder.Services.AddJob<Deaf, DeafHandler>();
        builder.Services.AddJob<Unlucky, UnluckyHandler>();
    }
}
