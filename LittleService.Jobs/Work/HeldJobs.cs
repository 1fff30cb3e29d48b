using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using LittleService.Jobs.Streams;

namespace LittleService.Jobs.Work;

/// <summary>All jobs that this worker holds: waiting, by priority, and running.</summary>
internal sealed class HeldJobs(FastPath fastPath, TimeProvider time)
{
    private readonly ConcurrentQueue<HeldJob>[] _line = [.. Enum.GetValues<JobPriority>().Select(_ => new ConcurrentQueue<HeldJob>())];
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LinkedList<Delivery> _deliveries = [];
    private int _count;
    private long _ended;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many have ended since the start.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Whether one of them may be what killed two workers.</summary>
    public bool HasSuspect => Open().Any(delivery => delivery.Jobs.Any(job => job.Suspect && !job.IsOver));

    /// <summary>Whether nothing waits in line.</summary>
    public bool IsEmpty => Array.TrueForAll(_line, static queue => queue.IsEmpty);

    /// <summary>Whether no more jobs come.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Called with the number of new jobs, and with 0 when no more will come.</summary>
    public Action<int>? Arrived { get; set; }

    /// <summary>Adds jobs that arrived together: in one stream entry, or in one claim from Postgres.</summary>
    public void Add(JobStreamEntry? entry, IReadOnlyList<HeldJob> jobs, JobSource source)
    {
        if (jobs.Count == 0)
            return;
        fastPath.Fetched(source, jobs.Count);
        lock (_deliveries)
            _deliveries.AddLast(new Delivery(entry, jobs, time.GetTimestamp()));
        Interlocked.Add(ref _count, jobs.Count);
        foreach (var job in jobs)
            _line[(int)job.Priority].Enqueue(job);
        Arrived?.Invoke(jobs.Count);
    }

    /// <summary>The next job: of the highest priority, the oldest.</summary>
    public bool TryTake([MaybeNullWhen(false)] out HeldJob job)
    {
        foreach (var queue in _line)
        {
            if (queue.TryDequeue(out job))
                return true;
        }

        job = null;
        return false;
    }

    /// <summary>The deliveries that still hold jobs, oldest first.</summary>
    public List<Delivery> Open()
    {
        lock (_deliveries)
        {
            for (var node = _deliveries.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.IsFinished)
                    _deliveries.Remove(node);
                node = next;
            }

            return [.. _deliveries];
        }
    }

    /// <summary>The jobs that have not ended.</summary>
    public IEnumerable<HeldJob> Unfinished() => Open().SelectMany(delivery => delivery.Jobs).Where(job => !job.IsOver);

    public void Left(int count)
    {
        Interlocked.Add(ref _count, -count);
        Interlocked.Add(ref _ended, count);
        _room.Writer.TryWrite(true);
    }

    /// <summary>Returns when jobs have left.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken) => await _room.Reader.ReadAsync(cancellationToken);

    /// <summary>No more jobs come.</summary>
    public void Close()
    {
        IsClosed = true;
        Arrived?.Invoke(0);
    }
}
