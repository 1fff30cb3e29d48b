using System.Globalization;
using System.Text;
using LittleService.Jobs.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.Data.Events;

/// <summary>
/// The stream of event blocks in Redis, over a connection of its own so that no job waits behind a flood. Connecting and each command take
/// at most <see cref="EventOptions.RedisTimeout"/>.
/// </summary>
public sealed class EventLog(RedisConnections redis, IOptions<EventOptions> options)
{
    // An entry's place is (epoch, id). Ids grow within one life of the stream, even when the clock goes back; after FLUSHALL, or a Redis
    // that came back from an older file, they may come again. The run id shows that, and reading it takes Redis some microseconds per
    // block.
    private const string Append =
        """
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        local meta = redis.call('HMGET', KEYS[2], 'run', 'epoch')
        local epoch = meta[2]
        if meta[1] ~= run or not epoch or redis.call('EXISTS', KEYS[1]) == 0 then
          epoch = ARGV[1]
          redis.call('HSET', KEYS[2], 'run', run, 'epoch', epoch)
        end
        local total = redis.call('HINCRBY', KEYS[2], 'events', ARGV[2])
        return redis.call('XADD', KEYS[1], '*', 'e', epoch, 't', total, 'b', ARGV[3])
        """;

    // Deletes only entries that were read and committed. After a change of epoch an id is ambiguous, so the epoch of each entry is
    // compared.
    private const string Trim =
        """
        if redis.call('HGET', KEYS[2], 'epoch') == ARGV[1] then return redis.call('XTRIM', KEYS[1], 'MINID', ARGV[3]) end
        local gone = 0
        for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', ARGV[2], 'COUNT', 1000)) do
          if entry[2][2] == ARGV[1] then gone = gone + redis.call('XDEL', KEYS[1], entry[1]) end
        end
        return gone
        """;

    private const string Measure =
        """
        local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
        return { redis.call('XLEN', KEYS[1]), redis.call('MEMORY', 'USAGE', KEYS[1]) or 0,
                 redis.call('HGET', KEYS[2], 'events') or '0', first and first[1] or '' }
        """;

    private readonly EventOptions _options = options.Value;
    private readonly RedisConnection _redis = redis.Get("events", options.Value.RedisTimeout);

    /// <summary>Appends a block. When this returns, Redis has it; when it throws, Redis may still have it.</summary>
    public Task AppendAsync(byte[] block, int events, CancellationToken cancellationToken) =>
        EvaluateAsync(Append, [Guid.NewGuid().ToString("N"), events, block], cancellationToken);

    /// <summary>At most <paramref name="count"/> entries after <paramref name="after"/>, or from the start.</summary>
    public async Task<IReadOnlyList<EventEntry>> ReadAsync(StreamId? after, int count, CancellationToken cancellationToken)
    {
        var from = after is { } id ? $"({id}" : "-";
        var entries = await AskAsync(database => database.StreamRangeAsync(_options.StreamKey, from, count: count), cancellationToken);
        return Array.ConvertAll(entries, Entry);
    }

    /// <summary>Deletes the entries of an epoch up to and including an id; of a foreign one, the entry of that id.</summary>
    public Task TrimAsync(Guid epoch, StreamId upTo, CancellationToken cancellationToken) => epoch == EventEntry.Foreign
        ? AskAsync(database => database.StreamDeleteAsync(_options.StreamKey, [upTo.ToString()]), cancellationToken)
        : EvaluateAsync(
            Trim, [epoch.ToString("N"), upTo.ToString(), (upTo with { Sequence = upTo.Sequence + 1 }).ToString()], cancellationToken);

    /// <summary>
    /// Takes or renews the lease of the aggregator for <paramref name="lease"/>. It only avoids useless work by a second one; correctness
    /// does not depend on it.
    /// </summary>
    public Task<bool> TryLeaseAsync(string holder, TimeSpan lease, CancellationToken cancellationToken) => AskAsync(
        async database => await database.LockExtendAsync(_options.LeaseKey, holder, lease)
            || await database.LockTakeAsync(_options.LeaseKey, holder, lease),
        cancellationToken);

    /// <summary>Releases the lease, if this holder has it.</summary>
    public Task EndLeaseAsync(string holder, CancellationToken cancellationToken) =>
        AskAsync(database => database.LockReleaseAsync(_options.LeaseKey, holder), cancellationToken);

    public async Task<StreamStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var reply = (RedisResult[])(await EvaluateAsync(Measure, [], cancellationToken))!;
        var first = (string)reply[3]!;
        var appended = long.Parse((string)reply[2]!, CultureInfo.InvariantCulture);
        DateTimeOffset? oldest = first.Length == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(StreamId.Parse(first).Milliseconds);
        return new((long)reply[0], (long)reply[1], appended, oldest);
    }

    private static EventEntry Entry(StreamEntry entry)
    {
        var id = StreamId.Parse((string)entry.Id!);
        return Guid.TryParseExact(entry["e"], "N", out var epoch) && entry["t"].TryParse(out long total) && (byte[]?)entry["b"] is { } block
            ? new(id, epoch, total, block)
            : new(id, EventEntry.Foreign, 0,
                Encoding.UTF8.GetBytes(string.Join(' ', entry.Values.Select(value => $"{value.Name}={value.Value}"))));
    }

    private Task<RedisResult> EvaluateAsync(string script, RedisValue[] arguments, CancellationToken cancellationToken) =>
        AskAsync(database => database.ScriptEvaluateAsync(script, [_options.StreamKey, _options.MetaKey], arguments), cancellationToken);

    private async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> ask, CancellationToken cancellationToken)
    {
        var database = await _redis.OpenAsync(cancellationToken).WaitAsync(_options.RedisTimeout, cancellationToken);
        return await ask(database).WaitAsync(_options.RedisTimeout, cancellationToken);
    }
}
