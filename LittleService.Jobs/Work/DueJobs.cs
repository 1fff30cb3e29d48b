using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// Claims due jobs: delayed jobs, retries, jobs with a limit. Every worker does this; SKIP LOCKED keeps them apart, so no leader is needed.
/// </summary>
internal sealed class DueJobs(
    PostgresIntake intake, JobClaims claims, LimitedClaims limited, Queues queues, HeldJobs held, IOptions<JobOptions> options,
    TimeProvider time)
    : Duty(time)
{
    protected override TimeSpan Period => options.Value.Poll;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        await queues.LoadAsync(cancellationToken);
        var now = queues.OpenFor(TimeSpan.Zero);
        var all = await intake.TakeAsync(JobSource.Due, most => claims.DueAsync(now, most, cancellationToken));
        all &= await intake.TakeAsync(JobSource.Due, most => limited.TakeAsync(queues.Open, most, cancellationToken));
        if (!held.HasSuspect)
            all &= await TakeSuspectAsync(now, cancellationToken);
        if (!all)
            RunAgainSoon();
    }

    // One at a time, so that a crash counts only against the job that caused it.
    private async Task<bool> TakeSuspectAsync(List<StreamAge> now, CancellationToken cancellationToken)
    {
        var suspects = await claims.SuspectsAsync(now, 1, cancellationToken);
        held.Add(null, suspects, JobSource.Due);
        return suspects.Count == 0;
    }
}
