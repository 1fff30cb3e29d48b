using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using LittleService.Jobs.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs;

/// <summary>Adds the queue to a process.</summary>
public static class JobsExtensions
{
    /// <summary>Adds <see cref="JobClient"/>, so that this process can enqueue. Settings come from the section <c>Jobs</c>, then from <paramref name="configure"/>.</summary>
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
        services.AddSingleton<RedisLink>();
        services.AddSingleton<JobStreams>();
        services.AddSingleton<NewJobFactory>();
        services.AddSingleton(provider => new JobClient(
            provider.GetRequiredService<JobDatabase>(), provider.GetRequiredService<JobStreams>(), provider.GetRequiredService<NewJobFactory>()));
        return builder;
    }

    /// <summary>Makes this process a worker: it runs the jobs added by <see cref="AddJob{TJob,THandler}"/>, and it can enqueue too.</summary>
    public static IHostApplicationBuilder AddJobWorker(this IHostApplicationBuilder builder, Action<JobOptions>? configure = null)
    {
        var services = builder.AddJobs(configure).Services;
        services.AddSingleton<JobRegistry>();
        services.AddSingleton<Consumer>();
        services.AddSingleton<HeldJobs>();
        services.AddSingleton<Completer>();
        services.AddSingleton<Executor>();
        services.AddSingleton<DirectClaims>();
        services.AddSingleton(provider => new JobClaims(
            provider.GetRequiredService<JobDatabase>(), provider.GetRequiredService<JobRegistry>(), provider.GetRequiredService<Consumer>(),
            provider.GetRequiredService<IOptions<JobOptions>>().Value));
        services.AddSingleton<Fetcher>();
        services.AddSingleton<Leases>();
        services.AddSingleton<Relay>();
        services.AddSingleton<Rescuer>();
        services.AddHostedService<JobWorker>();
        return builder;
    }

    /// <summary>Names the handler of a kind. Two handlers for one kind are an error at start.</summary>
    public static IServiceCollection AddJob<TJob, THandler>(this IServiceCollection services)
        where TJob : IJob
        where THandler : class, IJobHandler<TJob>
    {
        services.AddSingleton<JobRegistration>(new JobRegistration<TJob>());
        return services.AddTransient<IJobHandler<TJob>, THandler>();
    }
}
