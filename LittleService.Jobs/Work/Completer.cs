using System.Collections.Concurrent;
using System.Threading.Channels;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace LittleService.Jobs.Work;

/// <summary>
/// Writes how attempts ended, in batches: while one batch is written, the next is collected. Then removes their stream entries.
/// </summary>
internal sealed partial class Completer(
    JobDatabase database, JobStreams streams, HeldJobs held, Consumer consumer, TimeProvider time, ILogger<Completer> logger)
    : IDisposable
{
    private const int Largest = 1000;
    private const int Writers = 2;
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);
    private readonly Channel<HeldJob> _ended = Channel.CreateUnbounded<HeldJob>();
    private readonly ConcurrentQueue<JobStreamEntry> _removable = new();

    private readonly CancellationTokenSource _abandon = new();
    private Task _writing = Task.CompletedTask;

    public void Add(HeldJob job) => _ended.Writer.TryWrite(job);

    /// <summary>Removes the entry soon: none of its jobs is 'available' any more.</summary>
    public void Remove(JobStreamEntry entry) => _removable.Enqueue(entry);

    public void Start() =>
        _writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => WriteAllAsync(_abandon.Token), _abandon.Token)));

    /// <summary>Nothing more comes: writes the rest, as far as that takes no longer than a moment.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _ended.Writer.TryComplete();
        await _writing.WaitAsync(LastWait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_writing.IsCompleted)
            LogAbandoned(held.Count);
        await _abandon.CancelAsync();
        if (streams.IsUp)
            await RemoveEntriesAsync();
    }

    public void Dispose() => _abandon.Dispose();

    private async Task WriteAllAsync(CancellationToken abandon)
    {
        var batch = new List<HeldJob>(Largest);
        while (await _ended.Reader.WaitToReadAsync(abandon))
        {
            while (batch.Count < Largest && _ended.Reader.TryRead(out var job))
                batch.Add(job);
            await WriteAsync(batch, abandon);
            Report(batch);
            held.Left(batch.Count);
            batch.Clear();
            await RemoveEntriesAsync();
        }
    }

    // Finished work must be recorded, however long Postgres is away: until then the worker keeps these jobs and takes no others.
    private async Task WriteAsync(List<HeldJob> batch, CancellationToken abandon)
    {
        for (var pause = 50; ; pause = Math.Min(pause * 2, 2000))
        {
            try
            {
                await JobEnds.WriteAsync(database.Source, batch, consumer.Name, abandon);
                return;
            }
            catch (Exception e) when (e.IsRowFault())
            {
                await WriteEachAsync(batch, e, abandon);
                return;
            }
            catch (Exception e) when (!abandon.IsCancellationRequested)
            {
                LogCannotWrite(batch.Count, e.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(pause), time, abandon);
            }
        }
    }

    // One outcome that Postgres refuses must not block the others. Its job is rescued like that of a lost worker.
    private async Task WriteEachAsync(List<HeldJob> batch, Exception fault, CancellationToken abandon)
    {
        if (batch.Count == 1)
        {
            LogRefused(batch[0].Kind, batch[0].Id, fault.Message);
            return;
        }

        foreach (var job in batch)
            await WriteAsync([job], abandon);
    }

    private void Report(List<HeldJob> batch)
    {
        foreach (var job in batch)
        {
            JobTelemetry.Ended(job);
            if (job.Delivery.Ended(job) && job.Delivery.Entry is { } entry)
                _removable.Enqueue(entry);
        }
    }

    /// <summary>Removes the entries that can go. A failure is no loss: they are found idle later and lead to no row.</summary>
    public async Task RemoveEntriesAsync()
    {
        if (_removable.IsEmpty)
            return;
        var entries = new List<JobStreamEntry>();
        while (entries.Count < Largest && _removable.TryDequeue(out var entry))
            entries.Add(entry);
        try
        {
            foreach (var stream in entries.GroupBy(entry => entry.Key))
                await streams.RemoveAsync(stream.Key, [.. stream.Select(entry => (RedisValue)entry.Id)]);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            LogCannotRemove(entries.Count, e.GetType().Name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ends of {Count} jobs cannot be written yet: {Error}")]
    private partial void LogCannotWrite(int count, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of the job {Kind} {Id} cannot be written: {Error}")]
    private partial void LogRefused(string kind, Guid id, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} jobs could not be given back; others take them over when their lease ends")]
    private partial void LogAbandoned(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} finished entries stay in Redis for now: {Error}")]
    private partial void LogCannotRemove(int count, string error);
}
