using System.Text.Json;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Testing;

/// <summary>For tests of code that enqueues: what was enqueued, and running it without a worker.</summary>
public static class JobTesting
{
    private const string Waiting = "SELECT payload FROM jobs WHERE kind = $1 AND finished_at IS NULL ORDER BY id";

    /// <summary>The jobs of a kind that have not ended, in the order of their ids. Not for kinds marked sensitive.</summary>
    public static async Task<IReadOnlyList<TJob>> EnqueuedAsync<TJob>(this IServiceProvider services, CancellationToken cancellationToken)
        where TJob : IJob
    {
        await using var command = services.GetRequiredService<JobDatabase>().Source.CreateCommand(Waiting);
        command.Parameters.Add(new() { Value = TJob.Kind });
        var jobs = new List<TJob>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            jobs.Add(JsonSerializer.Deserialize<TJob>(reader.GetFieldValue<byte[]>(0), JobJson.Options)!);
        return jobs;
    }

    /// <summary>Returns the one job of the kind that fits and has not ended.</summary>
    /// <exception cref="InvalidOperationException">There is none, or more than one; the message lists what there is.</exception>
    public static async Task<TJob> AssertEnqueuedAsync<TJob>(
        this IServiceProvider services, Func<TJob, bool> fits, CancellationToken cancellationToken)
        where TJob : IJob
    {
        var all = await services.EnqueuedAsync<TJob>(cancellationToken);
        return all.Where(fits).ToList() is [var one]
            ? one
            : throw new InvalidOperationException($"Expected one such job '{TJob.Kind}'. There are {all.Count}: {string.Join(", ", all)}");
    }

    /// <summary>
    /// Runs, one after the other in this process, all jobs that are due by its <see cref="TimeProvider"/>, and those they enqueue, and
    /// returns how many attempts that took. The services are those of a worker that has not been started; a <see cref="JobClock"/> stands
    /// in for waiting.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="cancellationToken">Stops between two jobs.</param>
    public static async Task<int> RunDueJobsAsync(this IServiceProvider services, CancellationToken cancellationToken = default)
    {
        // How far the clock is ahead: the database has its own.
        var ahead = services.GetRequiredService<TimeProvider>().GetUtcNow() - TimeProvider.System.GetUtcNow();
        var streams = services.GetRequiredService<IOptions<JobOptions>>().Value.Streams()
            .Select(stream => new StreamAge(stream.Queue, stream.Priority, -ahead)).ToList();
        var claims = services.GetRequiredService<JobClaims>();
        for (var count = 0; ; count++)
        {
            var jobs = await claims.AvailableAsync(streams, 1, cancellationToken);
            if (jobs.Count == 0)
                jobs = await claims.DueAsync(streams, 1, cancellationToken);
            if (jobs.Count == 0)
                jobs = await services.GetRequiredService<LimitedClaims>()
                    .TakeAsync(services.GetRequiredService<Queues>().All, 1, cancellationToken);
            if (jobs.Count == 0)
                return count;
            await services.GetRequiredService<Executor>().RunOneAsync(jobs[0]);
            await JobEnds.WriteAsync(services.GetRequiredService<JobDatabase>().Source, jobs, "test", cancellationToken);
        }
    }
}
