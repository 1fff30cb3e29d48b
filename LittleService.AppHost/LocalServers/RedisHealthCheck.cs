using StackExchange.Redis;

namespace LittleService.AppHost.LocalServers;

internal sealed class RedisHealthCheck(LocalRedisResource redis) : IHealthCheck
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            using var connection = await RedisConnection.OpenAsync(redis, cancellationToken).WaitAsync(s_limit, cancellationToken);
            await connection.GetDatabase().ExecuteAsync("PING").WaitAsync(s_limit, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}

internal static class RedisConnection
{
    public static async Task<ConnectionMultiplexer> OpenAsync(IResourceWithConnectionString redis, CancellationToken cancellationToken)
    {
        var options = ConfigurationOptions.Parse((await redis.ConnectionStringExpression.GetValueAsync(cancellationToken))!);
        options.ConnectTimeout = 2000;
        options.AbortOnConnectFail = true;
        return await ConnectionMultiplexer.ConnectAsync(options);
    }
}
