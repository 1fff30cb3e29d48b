using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// How much to fetch: as many jobs as run at once, and in reserve as many as end in a quarter of a second. That is little for slow jobs, so
/// that other workers get their share, and all that may be held for fast ones.
/// </summary>
internal sealed class FetchRoom(HeldJobs held, IOptions<JobOptions> options, TimeProvider time)
{
    // A lower estimate would risk that the next entries hold far more jobs than there is room for.
    private const int FewestPerEntry = 8;
    private static readonly TimeSpan Reserve = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private long _lookedAt = time.GetTimestamp();
    private long _endedBefore;
    private int _reserve;
    private int _jobsPerEntry = 32;

    /// <summary>How many entries of a stream to ask for; 0 where there is no room.</summary>
    public int Entries()
    {
        var room = Math.Min(options.Value.MostHeld, (2 * options.Value.Concurrency) + ReserveNow()) - held.Count;
        return room <= 0 ? 0 : Math.Max(1, room / _jobsPerEntry);
    }

    /// <summary>Learns from what came how many jobs an entry holds.</summary>
    public void Came(int entries, int jobs)
    {
        if (entries > 0)
            _jobsPerEntry = Math.Max(FewestPerEntry, jobs / entries);
    }

    /// <summary>Returns when jobs have left.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => held.WaitForRoomAsync(cancellationToken);

    private int ReserveNow()
    {
        var elapsed = time.GetElapsedTime(_lookedAt);
        if (elapsed >= Look)
        {
            var ended = held.Ended;
            _reserve = (int)Math.Min(options.Value.MostHeld, (ended - _endedBefore) * (Reserve / elapsed));
            (_endedBefore, _lookedAt) = (ended, time.GetTimestamp());
        }

        return _reserve;
    }
}
