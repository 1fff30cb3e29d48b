using System.Text;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.Jobs.Work;

/// <summary>The fast path in: reads stream entries while there is room and hands their jobs to the executor.</summary>
internal sealed partial class Fetcher(
    JobStreams streams, JobStreamReader reader, FastPath fastPath, HeldJobs held, Completer completer, JobRegistry registry,
    JobDatabase database,
    JobClaims claims, DirectClaims direct, Queues queues, Consumer consumer, IOptions<JobOptions> options, TimeProvider time,
    ILogger<Fetcher> logger)
{
    // Fewer are not reckoned with, or the entries that follow might hold far more than there is room for.
    private const int FewestPerEntry = 8;
    private static readonly TimeSpan Reserve = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private long _lookedAt = time.GetTimestamp();
    private long _endedBefore;
    private int _reserve;
    private int _jobsPerEntry = 32;

    // Whether we know which queues are paused, and what was claimed from Postgres while Redis was out of sight.
    private bool _current;

    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (streams.IsUp && reader.IsConnected)
                {
                    await FetchOrCreateAsync(stopping);
                    continue;
                }

                // Told by the health check of Redis.
                fastPath.Failed("no connection to Redis");
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                if (fastPath.Failed(e.GetType().Name))
                    LogCannotFetch(e.GetType().Name, e.Message);
            }

            _current = false;
            await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FetchOrCreateAsync(CancellationToken stopping)
    {
        try
        {
            await FetchAsync(stopping);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            foreach (var (queue, priority) in queues.All)
                await streams.CreateGroupAsync(streams.Key(queue, priority));
        }
    }

    private async Task FetchAsync(CancellationToken stopping)
    {
        if (!_current)
            await LearnAsync(stopping);
        var keys = queues.Open.Select(stream => streams.Key(stream.Queue, stream.Priority)).ToList();
        if (keys.Count == 0)
        {
            fastPath.Succeeded();
            await Task.Delay(Pause, time, stopping);
            return;
        }

        var room = Room();
        if (room <= 0)
        {
            await held.WaitForRoomAsync(stopping);
            return;
        }

        var entries = await reader.ReadAsync(consumer.Name, keys, Math.Max(1, room / _jobsPerEntry), Wait);
        fastPath.Succeeded();
        var before = held.Taken;
        await TakeAsync(entries);
        if (entries.Count > 0)
            _jobsPerEntry = (int)Math.Max(FewestPerEntry, (held.Taken - before) / entries.Count);
    }

    private async Task LearnAsync(CancellationToken stopping)
    {
        await queues.LoadAsync(stopping);
        await direct.LoadAsync(stopping);
        _current = true;
    }

    // As many as run at once, and in reserve as many as end in a quarter of a second: little for slow jobs, so that others get their share,
    // and all that may be held for fast ones.
    private int Room()
    {
        var elapsed = time.GetElapsedTime(_lookedAt);
        if (elapsed >= Look)
        {
            var ended = held.Ended;
            _reserve = (int)Math.Min(options.Value.MostHeld, (ended - _endedBefore) * (Reserve / elapsed));
            (_endedBefore, _lookedAt) = (ended, time.GetTimestamp());
        }

        return Math.Min(options.Value.MostHeld, (2 * options.Value.Concurrency) + _reserve) - held.Count;
    }

    private async Task TakeAsync(List<JobStreamEntry> entries)
    {
        var doubtful = new List<(JobStreamEntry Entry, List<HeldJob> Jobs)>();
        foreach (var entry in entries)
        {
            if (Envelope.Read(entry.Body) is not { } envelope)
            {
                // Its rows are in Postgres, and are found there once the entry is gone.
                LogUnreadable(entry.Key, entry.Id);
                completer.Remove(entry);
                continue;
            }

            var queue = streams.Queue(entry.Key);
            var jobs = envelope.ConvertAll(job => Hold(job, entry, queue));
            if (JobStreamEntry.Time(entry.Id) > direct.Until)
                held.Add(new(entry, jobs, time.GetTimestamp()), JobSource.Stream);
            else
                doubtful.Add((entry, jobs));
        }

        if (doubtful.Count > 0)
            await TakeWhatIsLeftAsync(doubtful);
    }

    // Workers have claimed from Postgres since these entries were sent: what they left is taken the same way.
    private async Task TakeWhatIsLeftAsync(List<(JobStreamEntry Entry, List<HeldJob> Jobs)> doubtful)
    {
        var left = await claims.NamedAsync([.. doubtful.SelectMany(taken => taken.Jobs)], CancellationToken.None);
        foreach (var (entry, _) in doubtful)
            completer.Remove(entry);
        if (left.Count > 0)
            held.Add(new(null, left, time.GetTimestamp()), JobSource.Postgres);
    }

    private HeldJob Hold(EnvelopeJob job, JobStreamEntry entry, string queue)
    {
        var registration = registry.Find(job.Kind.Span);
        return new()
        {
            Id = job.Id,
            Token = job.Token,
            Queue = queue,
            Kind = registration?.Kind ?? Encoding.ASCII.GetString(job.Kind.Span),
            Registration = registration,
            Version = job.Version,
            Payload = job.Payload,
            Trace = job.Trace,
            Sensitive = job.Sensitive,
            Attempts = 0,
            DueAt = DateTimeOffset.FromUnixTimeMilliseconds(job.SentAt),
            Priority = (JobPriority)(entry.Key[^1] - '0'),
            Database = database,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Jobs cannot be fetched just now: {Error}: {Reason}")]
    private partial void LogCannotFetch(string error, string reason);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Entry {Id} of stream {Stream} is in no format this worker knows; its jobs will be claimed from Postgres")]
    private partial void LogUnreadable(string stream, string id);
}
