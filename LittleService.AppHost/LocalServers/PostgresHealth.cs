using Npgsql;

namespace LittleService.AppHost.LocalServers;

public static class PostgresHealth
{
    /// <summary>Asks the server a query, and says in a sentence when it keeps data that was made with another password.</summary>
    public static IResourceBuilder<T> WithLoginCheck<T>(this IResourceBuilder<T> postgres) where T : IResourceWithConnectionString
    {
        var check = $"{postgres.Resource.Name}_login";
        postgres.ApplicationBuilder.Services.AddHealthChecks().AddTypeActivatedCheck<LoginHealthCheck>(check, postgres.Resource);
        return postgres.WithHealthCheck(check);
    }

    /// <summary>Asks the database a query, and creates it where the server has none of that name, as AddDatabase does with a container.</summary>
    internal static async Task<HealthCheckResult> CheckAsync(this LocalDatabaseResource database, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await OpenAsync(database, null, cancellationToken);
            await connection.ExecuteAsync("SELECT 1", cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidCatalogName)
        {
            await using var connection = await OpenAsync(database, "postgres", cancellationToken);
            await connection.ExecuteAsync($"CREATE DATABASE \"{database.Name}\"", cancellationToken);
        }
        return HealthCheckResult.Healthy();
    }

    /// <summary>Connections here are few and short; and the proxy before a server that is down accepts and then says nothing.</summary>
    internal static async Task<NpgsqlConnection> OpenAsync(IResourceWithConnectionString resource, string? database, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(await resource.ConnectionStringExpression.GetValueAsync(cancellationToken))
        {
            Pooling = false,
            Timeout = 2,
            CommandTimeout = 10,
        };
        settings.Database = database ?? settings.Database;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    internal static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
