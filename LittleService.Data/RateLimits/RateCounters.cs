using LittleService.ServiceDefaults;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;

namespace LittleService.Data.RateLimits;

/// <summary>Counts in Redis, for all replicas together, over a connection that is made in the background when first asked for.</summary>
public sealed class RateCounters(IConfiguration configuration, TimeProvider time) : IAsyncDisposable
{
    private const string Take =
        """
        local taken = redis.call('INCRBY', KEYS[1], ARGV[1])
        if taken == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return taken
        """;

    // Nobody waits again so soon after one waited in vain.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private Task<ConnectionMultiplexer>? _connection;
    private long _failedAt;

    /// <summary>Adds to a counter that lives as long as given since its first use.</summary>
    /// <returns>The sum, or null when Redis does not answer within <paramref name="patience"/>, and for a second after.</returns>
    public async ValueTask<long?> AddAsync(string counter, int count, TimeSpan lifetime, TimeSpan patience)
    {
        if (_failedAt != 0 && time.GetElapsedTime(Volatile.Read(ref _failedAt)) < Pause) return null;
        try
        {
            var connection = await Connection().WaitAsync(patience);
            return (long)await connection.GetDatabase().ExecuteAsync("EVAL", Take, 1, (RedisKey)counter, count, (long)lifetime.TotalMilliseconds).WaitAsync(patience);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or InvalidOperationException)
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { IsCompletedSuccessfully: true }) (await _connection).Dispose();
    }

    private Task<ConnectionMultiplexer> Connection()
    {
        lock (_gate)
        {
            if (_connection is null or { IsFaulted: true } or { IsCanceled: true }) _connection = Task.Run(ConnectAsync);
            return _connection;
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var settings = ConfigurationOptions.Parse(configuration.GetConnectionString(ResourceNames.Redis)
            ?? throw new InvalidOperationException($"The connection string '{ResourceNames.Redis}' is not set."));
        (settings.AbortOnConnectFail, settings.ConnectTimeout, settings.ClientName) = (true, 1000, "rate limits");
        return await ConnectionMultiplexer.ConnectAsync(settings);
    }
}
