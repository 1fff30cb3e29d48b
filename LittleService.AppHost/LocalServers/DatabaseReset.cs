using Npgsql;

namespace LittleService.AppHost.LocalServers;

internal static class DatabaseReset
{
    public static async Task RunAsync(IResourceWithConnectionString db, IResourceWithConnectionString? redis, CancellationToken cancellationToken)
    {
        var name = new NpgsqlConnectionStringBuilder(await db.ConnectionStringExpression.GetValueAsync(cancellationToken)).Database;
        await using var connection = await PostgresHealth.OpenAsync(db, "postgres", cancellationToken);
        await connection.ExecuteAsync($"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)", cancellationToken);
        await connection.ExecuteAsync($"CREATE DATABASE \"{name}\"", cancellationToken);

        if (redis is null)
            return;
        using var streams = await RedisConnection.OpenAsync(redis, cancellationToken);
        await streams.GetDatabase().ExecuteAsync("FLUSHDB");
    }
}
