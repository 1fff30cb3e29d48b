using LittleService.Jobs.Redis;
using StackExchange.Redis;

namespace LittleService.Data.RateLimits;

/// <summary>Counts in Redis, for all replicas together.</summary>
public sealed class RateCounters(RedisConnections redis, TimeProvider time)
{
    private const string Take =
        """
        local taken = redis.call('INCRBY', KEYS[1], ARGV[1])
        if taken == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return taken
        """;

    // No other request waits for Redis so soon after a timeout.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // No caller waits this long; it only lets the client drop commands without a reply.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly RedisConnection _redis = redis.Get("rate-limits", Timeout);
    private long _failedAt;

    /// <summary>Adds to a counter that lives as long as given since its first use.</summary>
    /// <returns>The sum, or null when Redis does not answer within <paramref name="patience"/>, and for a second after.</returns>
    public async ValueTask<long?> AddAsync(string counter, int count, TimeSpan lifetime, TimeSpan patience)
    {
        if (_failedAt != 0 && time.GetElapsedTime(Volatile.Read(ref _failedAt)) < Pause) return null;
        try
        {
            var database = await _redis.OpenAsync(CancellationToken.None).WaitAsync(patience);
            return (long)await database.ScriptEvaluateAsync(Take, [counter], [count, (long)lifetime.TotalMilliseconds]).WaitAsync(patience);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
            return null;
        }
    }
}
