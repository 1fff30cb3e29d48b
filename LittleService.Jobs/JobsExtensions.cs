using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LittleService.Jobs;

/// <summary>Adds the queue to a process.</summary>
public static class JobsExtensions
{
    /// <summary>Adds <see cref="JobClient"/>, so that this process can enqueue. Settings come from the section <c>Jobs</c>, then from <paramref name="configure"/>.</summary>
    public static IHostApplicationBuilder AddJobs(this IHostApplicationBuilder builder, Action<JobOptions>? configure = null)
    {
        builder.Services.AddOptions<JobOptions>().BindConfiguration("Jobs").Configure(options => configure?.Invoke(options));
        return builder;
    }

    /// <summary>Makes this process a worker: it runs the jobs added by <see cref="AddJob{TJob,THandler}"/>.</summary>
    public static IHostApplicationBuilder AddJobWorker(this IHostApplicationBuilder builder, Action<JobOptions>? configure = null) => builder.AddJobs(configure);

    /// <summary>Names the handler of a kind. Two handlers for one kind are an error at start.</summary>
    public static IServiceCollection AddJob<TJob, THandler>(this IServiceCollection services)
        where TJob : IJob
        where THandler : class, IJobHandler<TJob>
        => services.AddScoped<IJobHandler<TJob>, THandler>();
}
