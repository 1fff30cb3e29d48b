using LittleService.Jobs.Redis;
using LittleService.Jobs.Schedules;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using LittleService.Jobs.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs;

/// <summary>Adds the queue to a process.</summary>
public static class JobsExtensions
{
    /// <summary>
    /// Adds <see cref="JobClient"/>, so that this process can enqueue, and <see cref="RedisConnections"/> with their health check
    /// <c>redis</c>. Settings come from the section <c>Jobs</c>, then from <paramref name="configure"/>. Kinds marked sensitive need an
    /// <see cref="IPayloadProtector"/> among the services.
    /// </summary>
    public static IHostApplicationBuilder AddJobs(this IHostApplicationBuilder builder, Action<JobOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        if (configure is not null)
            services.PostConfigure(configure);
        if (services.Any(service => service.ServiceType == typeof(JobClient)))
            return builder;
        services.AddOptions<JobOptions>().BindConfiguration("Jobs");
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<JobDatabase>();
        services.AddSingleton<RedisConnections>();
        services.AddSingleton<JobStreams>();
        services.AddHealthCheck<RedisHealthCheck>("redis");
        services.AddSingleton<PayloadProtection>();
        services.AddSingleton<NewJobFactory>();
        services.AddSingleton<BacklogGuard>();
        services.AddSingleton(provider => new JobSchema(
            provider.GetRequiredService<JobDatabase>(), provider.GetRequiredService<ILogger<Migrator>>()));
        services.AddSingleton(provider => new JobAdmin(
            provider.GetRequiredService<JobDatabase>(), provider.GetServices<Schedule>(), provider.GetRequiredService<NewJobFactory>(),
            provider.GetRequiredService<JobStreams>()));
        services.AddSingleton(provider => new JobReader(provider.GetRequiredService<JobDatabase>()));
        services.AddSingleton(provider => new JobClient(
            provider.GetRequiredService<JobDatabase>(), provider.GetRequiredService<JobStreams>(),
            provider.GetRequiredService<NewJobFactory>(),
            provider.GetRequiredService<BacklogGuard>()));
        return builder;
    }

    /// <summary>
    /// Makes this process a worker: it runs the jobs added by <see cref="AddJob{TJob,THandler}"/>, and it can enqueue too.
    /// </summary>
    public static IHostApplicationBuilder AddJobWorker(this IHostApplicationBuilder builder, Action<JobOptions>? configure = null)
    {
        var services = builder.AddJobs(configure).Services;
        services.AddSingleton<JobRegistry>();
        services.AddSingleton<Consumer>();
        services.AddSingleton<HeldJobs>();
        services.AddSingleton<Completer>();
        services.AddSingleton<AttemptRunner>();
        services.AddSingleton<Executor>();
        services.AddSingleton<DirectClaims>();
        services.AddSingleton<Queues>();
        services.AddSingleton<LimitedClaims>();
        services.AddSingleton<QueueDepths>();
        services.AddSingleton<FastPath>();
        services.AddSingleton<JobStreamReader>();
        services.AddHealthCheck<QueueDepths>("jobs");
        services.AddHealthCheck<FastPath>("streams");
        services.AddSingleton<JobClaims>();
        services.AddSingleton<StreamIntake>();
        services.AddSingleton<FetchRoom>();
        services.AddSingleton<Fetcher>();
        services.AddSingleton<PostgresIntake>();
        services.AddSingleton<RedisOutage>();
        services.AddSingleton<Takers>();
        services.AddSingleton<Leases>();
        services.AddSingleton<Duty, DueJobs>();
        services.AddSingleton<Duty, Relay>();
        services.AddSingleton<Duty, Rescuer>();
        services.AddSingleton<Duty, Unblocker>();
        services.AddSingleton<Duty, Cleaner>();
        services.AddSingleton<Duty, Scheduler>();
        services.AddSingleton<Duty, Watcher>();
        services.AddHostedService<JobWorker>();
        return builder;
    }

    /// <summary>Names the handler of a kind. Two handlers for one kind are an error at start.</summary>
    public static IServiceCollection AddJob<TJob, THandler>(this IServiceCollection services)
        where TJob : IJob
        where THandler : class, IJobHandler<TJob>
    {
        services.AddSingleton<JobRegistration>(new JobRegistration<TJob>());
        services.AddJobKind<TJob>();
        return services.AddTransient<IJobHandler<TJob>, THandler>();
    }

    /// <summary>
    /// Names a kind that this process enqueues and other processes run. A process that names kinds, here or by
    /// <see cref="AddJob{TJob,THandler}"/>, refuses to enqueue any other.
    /// </summary>
    public static IServiceCollection AddJobKind<TJob>(this IServiceCollection services)
        where TJob : IJob
        => services.AddSingleton(new JobKind(TJob.Kind));

    /// <summary>
    /// Enqueues a job at the times of a cron expression, once per time, no matter how many workers run. Two schedules with the same name
    /// are an error at start.
    /// </summary>
    /// <param name="services">The services of a worker.</param>
    /// <param name="name">The schedule's stable name: its due times are remembered under it.</param>
    /// <param name="cron">Five fields; see <see cref="CronExpression"/>.</param>
    /// <param name="job">The job.</param>
    /// <param name="options">The time zone, and what becomes of missed and overlapping ticks.</param>
    /// <exception cref="FormatException">The expression is invalid, or never due.</exception>
    public static IServiceCollection AddSchedule<TJob>(
        this IServiceCollection services, string name, string cron, TJob job, ScheduleOptions? options = null)
        where TJob : IJob
        => services.AddSingleton<Schedule>(new Schedule<TJob>(name, CronExpression.Parse(cron), options ?? new(), job));

    // None of them makes an instance unready: a service whose queue is slow still serves requests.
    private static void AddHealthCheck<TCheck>(this IServiceCollection services, string name)
        where TCheck : class, IHealthCheck
    {
        services.AddHealthChecks();
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<JobOptions>>((health, jobs) => health.Registrations.Add(
            new(name, ActivatorUtilities.GetServiceOrCreateInstance<TCheck>, HealthStatus.Degraded, jobs.Value.HealthTags)));
    }
}
