using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.Jobs.Streams;

/// <summary>
/// The fast path: one stream per queue and priority. An entry is removed only after every job in it has left the state 'available' in
/// Postgres; nothing is ever trimmed. So a row older than a stream's first entry is known not to be in that stream.
/// </summary>
internal sealed class JobStreams(RedisLink redis, IOptions<JobOptions> options, TimeProvider time)
{
    private const string Group = "workers";
    private const int JobsPerEntry = 32;
    private const int BytesPerEntry = 64 * 1024;

    // More than this on the way means that Redis has stopped answering: what is not sent is found by the workers in Postgres.
    private const int MostOnTheWay = 20_000;
    private int _onTheWay;

    /// <summary>Sends stored jobs, grouped into entries. Never throws and never waits: a row that is not sent is found in Postgres.</summary>
    public void Publish(IReadOnlyList<NewJob> jobs)
    {
        if (!redis.IsUp)
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
            await redis.AskAsync("XGROUP", "CREATE", key, Group, "0", "MKSTREAM");
        }
        catch (RedisServerException e) when (e.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // It is there.
        }
    }

    /// <summary>New entries of the streams, at most <paramref name="count"/> of each, waiting up to <paramref name="wait"/> for the first.</summary>
    public async Task<List<JobStreamEntry>> ReadAsync(string consumer, IReadOnlyList<string> keys, int count, TimeSpan wait)
    {
        object[] arguments =
        [
            "GROUP", Group, consumer, "COUNT", count, "BLOCK", (int)wait.TotalMilliseconds,
            "STREAMS", .. keys.Select(key => (object)(RedisKey)key), .. keys.Select(_ => ">"),
        ];
        var reply = await redis.WaitAsync(wait, "XREADGROUP", arguments);
        var entries = new List<JobStreamEntry>();
        if (reply.IsNull)
            return entries;
        foreach (var stream in (RedisResult[])reply!)
        {
            var pair = (RedisResult[])stream!;
            AddEntries(entries, (string)pair[0]!, (RedisResult[])pair[1]!);
        }

        return entries;
    }

    /// <summary>Takes over entries that no worker has finished for <paramref name="idle"/>, with the name of the worker that had each.</summary>
    public async Task<List<(JobStreamEntry Entry, string Worker)>> TakeOverAsync(string consumer, string key, TimeSpan idle, int count)
    {
        var milliseconds = (long)idle.TotalMilliseconds;
        var pending = (RedisResult[])(await redis.AskAsync("XPENDING", (RedisKey)key, Group, "IDLE", milliseconds, "-", "+", count))!;
        if (pending.Length == 0)
            return [];
        var owners = pending.Select(row => (RedisResult[])row!).ToDictionary(row => (string)row[0]!, row => (string)row[1]!);
        object[] claim = [(RedisKey)key, Group, consumer, milliseconds, .. owners.Keys];
        var entries = new List<JobStreamEntry>();
        AddEntries(entries, key, (RedisResult[])(await redis.AskAsync("XCLAIM", claim))!);
        return [.. entries.Select(entry => (entry, owners[entry.Id]))];
    }

    /// <summary>Removes entries whose jobs have all left 'available'.</summary>
    public async Task RemoveAsync(string key, IReadOnlyCollection<string> ids)
    {
        object[] acknowledge = [(RedisKey)key, Group, .. ids];
        object[] delete = [(RedisKey)key, .. ids];
        var acknowledged = redis.SendAsync("XACK", acknowledge);
        await redis.AskAsync("XDEL", delete);
        await acknowledged;
    }

    /// <summary>When the oldest entry of the stream was sent, by the clock of Redis; null when the stream is empty. And what that clock shows.</summary>
    public async Task<(DateTimeOffset? Oldest, DateTimeOffset Now)> OldestAsync(string key)
    {
        var asked = redis.SendAsync("TIME");
        var entries = (RedisResult[])(await redis.AskAsync("XRANGE", (RedisKey)key, "-", "+", "COUNT", 1))!;
        var now = (RedisResult[])(await asked)!;
        var oldest = entries.Length == 0 ? (DateTimeOffset?)null : JobStreamEntry.Time((string)((RedisResult[])entries[0]!)[0]!);
        return (oldest, DateTimeOffset.FromUnixTimeSeconds((long)now[0]).AddMicroseconds((long)now[1]));
    }

    /// <summary>Takes a consumer that holds nothing off the list; one that holds entries must stay, or they would be lost to the rescue.</summary>
    public async Task LeaveAsync(string consumer, string key)
    {
        var pending = (RedisResult[])(await redis.AskAsync("XPENDING", (RedisKey)key, Group, "-", "+", 1, consumer))!;
        if (pending.Length == 0)
            await redis.AskAsync("XGROUP", "DELCONSUMER", (RedisKey)key, Group, consumer);
    }

    private static void AddEntries(List<JobStreamEntry> entries, string key, RedisResult[] rows)
    {
        foreach (var row in rows)
        {
            // An entry that was deleted while it was pending comes without fields.
            if (row.IsNull)
                continue;
            var pair = (RedisResult[])row!;
            var fields = pair[1].IsNull ? [] : (RedisResult[])pair[1]!;
            entries.Add(new(key, (string)pair[0]!, fields.Length > 1 ? (byte[])fields[1]! : []));
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
            await redis.SendAsync("XADD", (RedisKey)key, "*", "j", entry);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            redis.Distrust();
        }
        finally
        {
            Interlocked.Decrement(ref _onTheWay);
        }
    }
}
