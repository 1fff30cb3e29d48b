using LittleService.Jobs.Streams;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using StackExchange.Redis;

namespace LittleService.Jobs.Redis;

/// <summary>
/// Degraded while Redis is away or silent, or while one of the connections is missing: the process works without it, with restrictions.
/// </summary>
internal sealed class RedisHealthCheck(RedisConnections redis, JobStreams streams) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var connections = redis.All;
            foreach (var connection in connections)
                await connection.OpenAsync(cancellationToken);
            await streams.PingAsync(cancellationToken);
            return connections.FirstOrDefault(connection => !connection.IsConnected) is { } missing
                ? new(context.Registration.FailureStatus, $"Redis answers, but there is no connection for {missing.Name}.")
                : HealthCheckResult.Healthy("Redis answers.");
        }
        catch (Exception e) when (e is RedisException or TimeoutException or OperationCanceledException)
        {
            return new(context.Registration.FailureStatus, "Redis does not answer: jobs start later, events are turned away.");
        }
    }
}
