using LittleService.Jobs.Redis;
using LittleService.Jobs.Work;
using StackExchange.Redis;

namespace LittleService.Jobs.Streams;

/// <summary>
/// Waits for new entries of the streams. It has its own connection, since a blocking command delays all commands behind it; only a worker
/// opens it.
/// </summary>
internal sealed class JobStreamReader(RedisConnections redis, JobStreams streams, Consumer consumer)
{
    /// <summary>The connection's name.</summary>
    public const string Connection = "jobs-reader";

    // Redis has assigned the entries of a reply to this worker, and no other worker gets them before they are rescued. So the client must
    // wait for a late reply instead of dropping it. After four times as long without a byte it considers the connection dead and opens a
    // new one.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly RedisConnection _redis = redis.Get(Connection, Timeout);
    private Task<RedisResult>? _reply;

    /// <summary>Whether entries can be waited for.</summary>
    public bool IsUp => streams.IsUp && _redis.IsConnected;

    /// <summary>
    /// New entries of the streams, at most <paramref name="count"/> of each, waiting up to <paramref name="wait"/> for the first. After a
    /// timeout the next call gets the reply that was missing.
    /// </summary>
    /// <exception cref="TimeoutException">Redis is silent.</exception>
    public async Task<List<JobStreamEntry>> ReadAsync(
        IReadOnlyList<(string Queue, JobPriority Priority)> from, int count, TimeSpan wait)
    {
        var reply = _reply ??= SendAsync([.. from.Select(stream => streams.Key(stream.Queue, stream.Priority))], count, wait);
        try
        {
            return Entries(await reply.WaitAsync(wait + Patience));
        }
        finally
        {
            if (reply.IsCompleted)
                _reply = null;
        }
    }

    /// <summary>Makes sure that the groups are there.</summary>
    public async Task CreateGroupsAsync(IReadOnlyList<(string Queue, JobPriority Priority)> of)
    {
        foreach (var (queue, priority) in of)
            await streams.CreateGroupAsync(streams.Key(queue, priority));
    }

    /// <summary>Leaves the groups in which this worker holds nothing, where Redis can be reached.</summary>
    public async Task LeaveAsync(IReadOnlyList<(string Queue, JobPriority Priority)> groups)
    {
        if (!streams.IsUp)
            return;
        foreach (var (queue, priority) in groups)
            await streams.LeaveAsync(consumer.Name, streams.Key(queue, priority));
    }

    /// <summary>
    /// The entries of a reply in either protocol: in RESP2 a pair for each stream, in RESP3 a map from stream to entries.
    /// </summary>
    internal static List<JobStreamEntry> Entries(RedisResult reply)
    {
        var entries = new List<JobStreamEntry>();
        if (reply.IsNull)
            return entries;
        var isMap = reply.Resp3Type == ResultType.Map;
        for (var i = 0; i < reply.Length; i += isMap ? 2 : 1)
        {
            var (key, rows) = isMap ? (reply[i], reply[i + 1]) : (reply[i][0], reply[i][1]);
            for (var row = 0; row < rows.Length; row++)
                entries.Add(Entry((string)key!, rows[row]));
        }

        return entries;
    }

    // StreamReadGroupAsync of the client cannot wait (BLOCK), and polling would delay each job by part of the polling interval.
    private Task<RedisResult> SendAsync(IReadOnlyList<string> keys, int count, TimeSpan wait)
    {
        object[] arguments =
        [
            "GROUP", JobStreams.Group, consumer.Name, "COUNT", count, "BLOCK", (int)wait.TotalMilliseconds,
            "STREAMS", .. keys.Select(key => (object)(RedisKey)key), .. keys.Select(_ => ">"),
        ];
        return _redis.Database.ExecuteAsync("XREADGROUP", arguments);
    }

    private static JobStreamEntry Entry(string key, RedisResult row)
    {
        var fields = row[1];
        return new(key, (string)row[0]!, fields.Length > 1 ? (byte[])fields[1]! : []);
    }
}
