using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// The heartbeat. A job held for a second gets a lease in Postgres, which is renewed every third of its length; one that still waits for a
/// handler after that is given back. A job that turns out to belong to another worker is cancelled, and a handler that ignores its
/// cancellation is given up.
/// </summary>
internal sealed class Leases(
    JobDatabase database, HeldJobs held, Executor executor, Completer completer, Consumer consumer, IOptions<JobOptions> options,
    TimeProvider time)
    : Duty(time)
{
    private const int Most = 1000;

    protected override TimeSpan Period => Young;

    private TimeSpan Third => options.Value.Lease / 3;

    // How long a job may be held before it gets a lease in Postgres: most are over by then and cost no lease.
    private TimeSpan Young => TimeSpan.FromSeconds(Math.Min(1, Third.TotalSeconds / 2));

    protected override Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var delivery in held.Open().Where(delivery => Time.GetElapsedTime(delivery.ReceivedAt) > Third))
            GiveBackWaiting(delivery);
        var jobs = held.Open().SelectMany(delivery => delivery.Jobs);
        foreach (var job in jobs.Where(job => job.IgnoresStop(Time, options.Value.GiveUpAfter)))
            executor.GiveUp(job);
        return RenewAsync(IsDue, cancellationToken);
    }

    /// <summary>Leases all that is held, now.</summary>
    public Task RenewAllAsync(CancellationToken cancellationToken) => RenewAsync(static _ => true, cancellationToken);

    private async Task RenewAsync(Func<Delivery, bool> which, CancellationToken cancellationToken)
    {
        var due = held.Open().Where(which).ToList();
        foreach (var part in due.SelectMany(delivery => delivery.Jobs).Where(job => !job.IsOver).Chunk(Most))
        {
            var ours = await JobLeases.RenewAsync(database.Source, part, options.Value.Lease, consumer.Name, cancellationToken);
            foreach (var job in part)
                Note(job, ours.Contains(job.Id));
        }

        foreach (var delivery in due)
            delivery.Renewed(Time.GetTimestamp());
    }

    private bool IsDue(Delivery delivery) =>
        Time.GetElapsedTime(delivery.RenewedAt) >= (delivery.HasLease ? Third - Young : Young);

    private void Note(HeldJob job, bool ours)
    {
        if (!ours)
            job.Stop(Outcome.Lost);
        else if (job.Delivery.Leased(job) && job.Delivery.Entry is { } entry)
            completer.Remove(entry);
    }

    private void GiveBackWaiting(Delivery delivery)
    {
        foreach (var job in delivery.Jobs)
        {
            if (job.IsWaiting && job.TryGiveBack())
                completer.Add(job);
        }
    }
}
