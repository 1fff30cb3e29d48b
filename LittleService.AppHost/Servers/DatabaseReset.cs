using Npgsql;
using StackExchange.Redis;

namespace LittleService.AppHost.Servers;

internal static class DatabaseReset
{
    public static async Task RunAsync(
        IResourceWithConnectionString db, IResourceWithConnectionString? redis, CancellationToken cancellationToken)
    {
        var name = new NpgsqlConnectionStringBuilder(await db.ConnectionStringExpression.GetValueAsync(cancellationToken)).Database!;
        await using var connection = await PostgresConnection.OpenAsync(db, cancellationToken);
        await connection.DropDatabaseAsync(name, cancellationToken);
        await connection.CreateDatabaseAsync(name, cancellationToken);
        if (redis is not null)
            await EmptyAsync(redis, cancellationToken);
    }

    private static async Task EmptyAsync(IResourceWithConnectionString redis, CancellationToken cancellationToken)
    {
        var address = await redis.ConnectionStringExpression.GetValueAsync(cancellationToken);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(address!, options => options.AllowAdmin = true).WaitAsync(cancellationToken);
        await connection.GetDatabase().ExecuteAsync("FLUSHDB").WaitAsync(cancellationToken);
    }
}
