using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>Claims jobs from Postgres for this worker, while there is room.</summary>
internal sealed class PostgresIntake(HeldJobs held, IOptions<JobOptions> options)
{
    private const int Most = 500;

    /// <summary>Claims until nothing is left. False where room ran out first.</summary>
    public async Task<bool> TakeAsync(JobSource source, Func<int, Task<List<HeldJob>>> claim)
    {
        for (int room; (room = Math.Min(Most, (2 * options.Value.Concurrency) - held.Count)) > 0;)
        {
            var jobs = await claim(room);
            held.Add(null, jobs, source);
            if (jobs.Count < room)
                return true;
        }

        return false;
    }
}
