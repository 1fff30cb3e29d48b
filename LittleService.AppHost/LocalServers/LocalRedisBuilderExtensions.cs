using Microsoft.Extensions.DependencyInjection;

namespace LittleService.AppHost.LocalServers;

/// <summary>Adds a local Redis, as <c>AddRedis</c> does it with a container.</summary>
public static class LocalRedisBuilderExtensions
{
    /// <summary>Adds a Redis that keeps its data in <paramref name="data"/> and listens on a free port of the loopback interface.</summary>
    public static IResourceBuilder<LocalRedisResource> AddLocalRedis(
        this IDistributedApplicationBuilder builder, string name, ServerPrograms programs, DataFolder data)
    {
        string? connectionString = null;
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().AddRedis(
            _ => connectionString ?? throw new InvalidOperationException("Connection string is unavailable"), name: check);

        var server = new LocalRedisResource(name, builder.AppHostDirectory, builder.AddPassword(name));
        return builder.AddLocalServer(server, "redis.sh", programs.Redis, data)
            .WithIconName("Database")
            .WithAppendFsync("everysec")
            .WithHealthCheck(check)
            .OnConnectionStringAvailable(async (resource, _, cancellationToken) =>
                connectionString = await resource.ConnectionStringExpression.GetValueAsync(cancellationToken));
    }

    /// <summary>Chooses when the append-only file is flushed to the disk: <c>everysec</c> or <c>always</c>.</summary>
    public static IResourceBuilder<LocalRedisResource> WithAppendFsync(this IResourceBuilder<LocalRedisResource> redis, string mode) =>
        redis.WithEnvironment("REDIS_FSYNC", mode);
}
