using LittleService.Jobs.Streams;

namespace LittleService.Jobs.Work;

/// <summary>
/// Jobs that came together: a stream entry, or a claim from Postgres. The entry may be removed once no job of it is 'available' in Postgres
/// any more, that is when each has ended or is leased.
/// </summary>
internal sealed class Delivery
{
    private int _open;
    private int _unfinished;

    public Delivery(JobStreamEntry? entry, IReadOnlyList<HeldJob> jobs, long receivedAt)
    {
        (Entry, Jobs, ReceivedAt, RenewedAt) = (entry, jobs, receivedAt, receivedAt);
        foreach (var job in jobs)
        {
            job.Delivery = this;
            _open += job.Leased ? 0 : 1;
        }

        _unfinished = jobs.Count;
        HasLease = entry is null;
    }

    public JobStreamEntry? Entry { get; }

    public IReadOnlyList<HeldJob> Jobs { get; }

    /// <summary>When it came, as <see cref="TimeProvider.GetTimestamp"/>.</summary>
    public long ReceivedAt { get; }

    /// <summary>When its leases were last renewed.</summary>
    public long RenewedAt { get; private set; }

    /// <summary>Whether Postgres knows this worker as the owner of its jobs.</summary>
    public bool HasLease { get; private set; }

    public bool IsFinished => Volatile.Read(ref _unfinished) == 0;

    public void Renewed(long now) => (RenewedAt, HasLease) = (now, true);

    /// <summary>Notes that Postgres knows this worker as the job's owner. True when that made the entry removable.</summary>
    public bool Leased(HeldJob job)
    {
        lock (Jobs)
        {
            if (job.Leased)
                return false;
            job.Leased = true;
            return --_open == 0;
        }
    }

    /// <summary>Notes that the job's end is written. True when that made the entry removable.</summary>
    public bool Ended(HeldJob job)
    {
        Interlocked.Decrement(ref _unfinished);
        return Leased(job);
    }
}
