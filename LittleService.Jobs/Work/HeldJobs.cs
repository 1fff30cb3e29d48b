using System.Threading.Channels;

namespace LittleService.Jobs.Work;

/// <summary>All jobs in this worker's hands: those in line for a handler, by priority, and those running.</summary>
internal sealed class HeldJobs
{
    private readonly Channel<HeldJob> _line = Channel.CreateUnboundedPrioritized(
        new UnboundedPrioritizedChannelOptions<HeldJob> { Comparer = Comparer<HeldJob>.Create(static (a, b) => a.Priority.CompareTo(b.Priority)) });

    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LinkedList<Delivery> _deliveries = [];
    private int _count;
    private long _ended;

    public int Count => Volatile.Read(ref _count);

    /// <summary>How many have ended since the start.</summary>
    public long Ended => Volatile.Read(ref _ended);

    /// <summary>Whether one of them may be what killed two workers.</summary>
    public bool HasSuspect => Open().Any(delivery => delivery.Jobs.Any(job => job.Suspect && !job.IsOver));

    public ChannelReader<HeldJob> Line => _line.Reader;

    public void Add(Delivery delivery)
    {
        lock (_deliveries)
            _deliveries.AddLast(delivery);
        Interlocked.Add(ref _count, delivery.Jobs.Count);
        foreach (var job in delivery.Jobs)
        {
            if (!job.IsOver)
                _line.Writer.TryWrite(job);
        }
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
    public void Close() => _line.Writer.TryComplete();
}
