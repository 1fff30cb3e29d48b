using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace LittleService.Jobs.Work;

/// <summary>All jobs in this worker's hands: those in line for a handler, by priority, and those running.</summary>
internal sealed class HeldJobs(FastPath fastPath)
{
    private readonly ConcurrentQueue<HeldJob>[] _line = [.. Enum.GetValues<JobPriority>().Select(_ => new ConcurrentQueue<HeldJob>())];
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LinkedList<Delivery> _deliveries = [];
    private int _count;
    private long _ended;
    private long _taken;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many have ended since the start.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Whether one of them may be what killed two workers.</summary>
    public bool HasSuspect => Open().Any(delivery => delivery.Jobs.Any(job => job.Suspect && !job.IsOver));

    /// <summary>How many were ever added.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>Whether nothing waits in line.</summary>
    public bool IsEmpty => Array.TrueForAll(_line, static queue => queue.IsEmpty);

    /// <summary>Whether no more jobs come.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Called with the number of jobs that have come, and with 0 when no more do.</summary>
    public Action<int>? Arrived { get; set; }

    public void Add(Delivery delivery, JobSource source)
    {
        fastPath.Fetched(source, delivery.Jobs.Count);
        lock (_deliveries)
            _deliveries.AddLast(delivery);
        Interlocked.Add(ref _count, delivery.Jobs.Count);
        Interlocked.Add(ref _taken, delivery.Jobs.Count);
        foreach (var job in delivery.Jobs)
            _line[(int)job.Priority].Enqueue(job);
        Arrived?.Invoke(delivery.Jobs.Count);
    }

    /// <summary>The next job in line: of the highest priority, the one that came first.</summary>
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
