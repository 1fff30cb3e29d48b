using StackExchange.Redis;

namespace LittleService.AppHost.LocalServers;

internal static class RedisConnection
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public static async Task<ConnectionMultiplexer> OpenAsync(IResourceWithConnectionString redis, CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse((await redis.ConnectionStringExpression.GetValueAsync(cancellationToken))!);
        options.ConnectTimeout = (int)Limit.TotalMilliseconds;
        options.AbortOnConnectFail = true;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }

    public static async Task<HealthCheckResult> CheckAsync(IResourceWithConnectionString redis, CancellationToken cancellationToken)
    {
        using var connection = await OpenAsync(redis, cancellationToken).WaitAsync(Limit, cancellationToken);
        await connection.GetDatabase().ExecuteAsync("PING").WaitAsync(Limit, cancellationToken);
        return HealthCheckResult.Healthy();
    }
}
