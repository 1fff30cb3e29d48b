using LittleService.Jobs.Redis;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.Jobs.Streams;

/// <summary>
/// The fast path: one stream per queue and priority. An entry is removed only after every job in it has left the state 'available' in
/// Postgres; nothing is ever trimmed. So a row older than a stream's first entry is known not to be in that stream.
/// </summary>
internal sealed class JobStreams(RedisConnections redis, IOptions<JobOptions> options, TimeProvider time)
{
    /// <summary>The consumer group of all workers.</summary>
    public const string Group = "workers";

    /// <summary>The connection's name.</summary>
    public const string Connection = "jobs";

    private const string Field = "j";
    private const int JobsPerEntry = 32;
    private const int BytesPerEntry = 64 * 1024;

    // More than this on the way means that Redis has stopped answering: what is not sent is found by the workers in Postgres.
    private const int MostOnTheWay = 20_000;

    // Generous, for busy machines; callers that wait for a reply have shorter timeouts.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly RedisConnection _redis = redis.Get(Connection, Timeout);
    private int _onTheWay;
    private long _badUntil;

    /// <summary>Whether commands have a chance.</summary>
    public bool IsUp => _redis.IsConnected && time.GetTimestamp() >= Volatile.Read(ref _badUntil);

    /// <summary>Treats Redis as away for some seconds: it refused or did not answer.</summary>
    public void Distrust(int seconds = 1) => Volatile.Write(ref _badUntil, time.GetTimestamp() + (seconds * time.TimestampFrequency));

    /// <summary>
    /// Sends stored jobs, grouped into entries. Never throws and never waits: a row that is not sent is found in Postgres.
    /// </summary>
    public void Publish(IReadOnlyList<NewJob> jobs)
    {
        if (!IsUp)
            return;
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (jobs.Count == 1)
        {
            if (jobs[0].Sent)
                Send([jobs[0]], now);
            return;
        }

        foreach (var group in jobs.Where(job => job.Sent).GroupBy(job => (job.Queue, job.Priority)))
        {
            foreach (var entry in Split(group))
                Send(entry, now);
        }
    }

    public string Key(string queue, JobPriority priority) => $"{options.Value.KeyPrefix}:{queue}:{(int)priority}";

    /// <summary>The queue whose stream has this key.</summary>
    public string Queue(string key) => key[(options.Value.KeyPrefix.Length + 1)..^2];

    /// <summary>Makes sure that the group is there, from the first entry on.</summary>
    public async Task CreateGroupAsync(string key)
    {
        try
        {
            await AskAsync(_redis.Database.StreamCreateConsumerGroupAsync(key, Group, StreamPosition.Beginning, createStream: true));
        }
        catch (RedisServerException e) when (e.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another worker created it.
        }
    }

    /// <summary>
    /// Takes over entries that no worker has finished for <paramref name="idle"/>, with the name of the worker that had each.
    /// </summary>
    public async Task<List<(JobStreamEntry Entry, string Worker)>> TakeOverAsync(string consumer, string key, TimeSpan idle, int count)
    {
        var milliseconds = (long)idle.TotalMilliseconds;
        var pending = await AskAsync(
            _redis.Database.StreamPendingMessagesAsync(key, Group, count, RedisValue.Null, minIdleTimeInMs: milliseconds));
        if (pending.Length == 0)
            return [];
        var owners = pending.ToDictionary(message => (string)message.MessageId!, message => (string)message.ConsumerName!);
        var claimed = await AskAsync(
            _redis.Database.StreamClaimAsync(key, Group, consumer, milliseconds, Array.ConvertAll(pending, message => message.MessageId)));
        return [.. claimed.Where(entry => !entry.IsNull).Select(entry => Entry(key, entry)).Select(entry => (entry, owners[entry.Id]))];
    }

    /// <summary>Removes entries whose jobs have all left 'available'.</summary>
    public async Task RemoveAsync(string key, RedisValue[] ids)
    {
        // XACKDEL, which does both, asks for Redis 8.2.
        var acknowledged = _redis.Database.StreamAcknowledgeAsync(key, Group, ids);
        await AskAsync(_redis.Database.StreamDeleteAsync(key, ids));
        await acknowledged;
    }

    /// <summary>
    /// How long ago the oldest entry of each stream was sent, and a little longer; of an empty one, that little. Null where Redis does not
    /// answer. Ages rather than times: the clocks of Redis, Postgres and this machine need not agree.
    /// </summary>
    public async Task<List<StreamAge>?> AgesAsync(IReadOnlyList<(string Queue, JobPriority Priority)> streams, TimeSpan slack)
    {
        try
        {
            var ages = new List<StreamAge>();
            foreach (var (queue, priority) in streams)
                ages.Add(new(queue, priority, await OldestAsync(Key(queue, priority)) + slack));
            return ages;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            Distrust();
            return null;
        }
    }

    /// <summary>
    /// Removes a consumer without pending entries; one that has some must stay, or they could not be rescued.
    /// </summary>
    public async Task LeaveAsync(string consumer, string key)
    {
        var pending = await AskAsync(_redis.Database.StreamPendingMessagesAsync(key, Group, 1, consumer));
        if (pending.Length == 0)
            await AskAsync(_redis.Database.StreamDeleteConsumerAsync(key, Group, consumer));
    }

    /// <summary>Returns when Redis has answered.</summary>
    public async Task PingAsync(CancellationToken cancellationToken) => await _redis.Database.PingAsync().WaitAsync(cancellationToken);

    private static JobStreamEntry Entry(string key, StreamEntry entry) =>
        new(key, (string)entry.Id!, entry.Values is [var field, ..] ? (byte[])field.Value! : []);

    private async Task<TimeSpan> OldestAsync(string key)
    {
        var asked = _redis.Server.TimeAsync();
        var entries = await AskAsync(_redis.Database.StreamRangeAsync(key, count: 1));
        var now = new DateTimeOffset(await asked);
        return entries.Length == 0 ? TimeSpan.Zero : now - JobStreamEntry.Time((string)entries[0].Id!);
    }

    // A Redis that is connected but silent is treated as away for a while.
    private async Task<T> AskAsync<T>(Task<T> reply)
    {
        try
        {
            return await reply.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Distrust(5);
            throw;
        }
    }

    private static IEnumerable<NewJob[]> Split(IEnumerable<NewJob> jobs)
    {
        var entry = new List<NewJob>(JobsPerEntry);
        var bytes = 0;
        foreach (var job in jobs)
        {
            if (entry.Count > 0 && (entry.Count == JobsPerEntry || bytes + job.Payload.Length > BytesPerEntry))
            {
                yield return [.. entry];
                entry.Clear();
                bytes = 0;
            }

            entry.Add(job);
            bytes += job.Payload.Length;
        }

        if (entry.Count > 0)
            yield return [.. entry];
    }

    private void Send(ReadOnlySpan<NewJob> jobs, long now)
    {
        if (Volatile.Read(ref _onTheWay) >= MostOnTheWay)
            return;
        Interlocked.Increment(ref _onTheWay);
        _ = SendAsync(Key(jobs[0].Queue, jobs[0].Priority), Envelope.Write(jobs, now));
    }

    private async Task SendAsync(string key, byte[] entry)
    {
        try
        {
            await _redis.Database.StreamAddAsync(key, Field, entry);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            Distrust();
        }
        finally
        {
            Interlocked.Decrement(ref _onTheWay);
        }
    }
}
