using System.Threading.Channels;
using LittleService.Data.Events;
using Microsoft.Extensions.Options;

namespace LittleService.Api.Events;

/// <summary>
/// The bounded buffer in front of Redis. Admitted requests wait here for the block with their events; one writer combines waiting events
/// into blocks at a limited rate, so that a flood is slowed down, and refused when the buffer is full.
/// </summary>
internal sealed class EventIntake(EventLog log, IntakeGate gate, IOptions<EventOptions> options, TimeProvider time) : BackgroundService
{
    // Short enough to be no burst for the web beside it, long enough to make few blocks of many requests.
    private static readonly TimeSpan Quantum = TimeSpan.FromMilliseconds(4);
    private const int BlockBytes = 512 * 1024;

    private readonly Channel<Batch> _waiting = Channel.CreateUnbounded<Batch>(new() { SingleReader = true });
    private readonly int _requestsPerBlock = Math.Max(1, (int)(options.Value.RequestsPerSecond * Quantum.TotalSeconds));
    private readonly int _eventsPerBlock = Math.Max(1, (int)(options.Value.EventsPerSecond * Quantum.TotalSeconds));
    private long _free;

    /// <summary>Completes when Redis has the events; null, or why it has not. The caller was admitted by the gate.</summary>
    public Task<IntakeProblem?> AppendAsync(byte[] packed, int events)
    {
        var batch = new Batch(packed, events);
        _waiting.Writer.TryWrite(batch);
        return batch.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var block = new List<Batch>();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await KeepPaceAsync(stoppingToken);
                await WriteAsync(block);
            }
        }
        catch (OperationCanceledException)
        {
            // The server has stopped already: only page views can be waiting, and nobody retries those.
            while (_waiting.Reader.TryPeek(out _)) await WriteAsync(block);
        }
    }

    private async Task KeepPaceAsync(CancellationToken cancellationToken)
    {
        var ahead = time.GetElapsedTime(time.GetTimestamp(), _free);
        if (ahead > TimeSpan.Zero) await Task.Delay(ahead, time, cancellationToken);
    }

    private async Task WriteAsync(List<Batch> block)
    {
        block.Clear();
        var (events, bytes) = (0, 1);
        while (block.Count < _requestsPerBlock && events < _eventsPerBlock && bytes < BlockBytes && _waiting.Reader.TryRead(out var batch))
        {
            block.Add(batch);
            events += batch.Events;
            bytes += batch.Packed.Length;
        }
        Charge(block.Count, events);
        var problem = await TryAppendAsync(Join(block, bytes), events);
        foreach (var batch in block) batch.SetResult(problem);
    }

    private void Charge(int requests, int events)
    {
        var cost = (double)requests / options.Value.RequestsPerSecond + (double)events / options.Value.EventsPerSecond;
        // A pause is not saved up for a burst, beyond what a timer is late.
        var from = Math.Max(_free, time.GetTimestamp() - (long)(Quantum.TotalSeconds * time.TimestampFrequency));
        _free = from + (long)(cost * time.TimestampFrequency);
    }

    private async Task<IntakeProblem?> TryAppendAsync(byte[] block, int events)
    {
        try
        {
            await log.AppendAsync(block, events, CancellationToken.None);
            gate.Appended(block.Length);
            EventMetrics.AcceptedBlock(events);
            return null;
        }
        catch (Exception exception)
        {
            gate.Failed(exception);
            return IntakeProblem.Redis;
        }
    }

    private static byte[] Join(List<Batch> batches, int bytes)
    {
        var block = new byte[bytes];
        block[0] = EventBlock.Format;
        var end = 1;
        foreach (var batch in batches)
        {
            batch.Packed.CopyTo(block, end);
            end += batch.Packed.Length;
        }
        return block;
    }

    private sealed class Batch(byte[] packed, int events)
        : TaskCompletionSource<IntakeProblem?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public byte[] Packed { get; } = packed;

        public int Events { get; } = events;
    }
}
