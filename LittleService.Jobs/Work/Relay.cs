using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// Claims available jobs that no stream delivers: the client died before it could send them, or Redis lost them or cannot be reached. Every
/// worker does this; SKIP LOCKED keeps them apart, so no leader is needed.
/// </summary>
internal sealed class Relay(
    JobStreams streams, RedisOutage outage, PostgresIntake intake, JobClaims claims, Queues queues, IOptions<JobOptions> options,
    TimeProvider time)
    : Duty(time)
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);
    private long? _sweptAt;

    protected override TimeSpan Period => options.Value.Poll;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        if (outage.IsOn)
        {
            if (await outage.ProceedAsync(cancellationToken))
                await TakeAsync(queues.OpenFor(TimeSpan.Zero), cancellationToken);
        }
        else if (_sweptAt is not { } swept || Time.GetElapsedTime(swept) > SweepEvery)
        {
            await SweepAsync(cancellationToken);
            _sweptAt = Time.GetTimestamp();
        }
    }

    // Entries leave a stream only after their jobs have left 'available', so what is older than the first entry is in no stream.
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        if (await streams.AgesAsync(queues.Open, RedisOutage.Slack) is not { } ages)
            return;
        outage.End();
        await TakeAsync(ages, cancellationToken);
    }

    private async Task TakeAsync(List<StreamAge> streams, CancellationToken cancellationToken)
    {
        if (!await intake.TakeAsync(JobSource.Postgres, most => claims.AvailableAsync(streams, most, cancellationToken)))
            RunAgainSoon();
    }
}
