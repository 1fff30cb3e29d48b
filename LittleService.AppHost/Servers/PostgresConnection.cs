using Npgsql;

namespace LittleService.AppHost.Servers;

/// <summary>The app host's own connections to Postgres: few and short.</summary>
internal static class PostgresConnection
{
    private const string MaintenanceDatabase = "postgres";

    public static async Task<NpgsqlConnection> OpenAsync(IResourceWithConnectionString server, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(await StringAsync(server, MaintenanceDatabase, cancellationToken));
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

    public static async Task<string> StringAsync(
        IResourceWithConnectionString resource, string database, CancellationToken cancellationToken) =>
        new NpgsqlConnectionStringBuilder(await resource.ConnectionStringExpression.GetValueAsync(cancellationToken))
        {
            Database = database,
            Pooling = false,
            // A container's port is a proxy's, which accepts and then says nothing while the server behind it is down.
            Timeout = 2,
            CommandTimeout = 10,
        }.ConnectionString;

    public static async Task CreateDatabaseAsync(this NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync($"CREATE DATABASE {Quote(name)}", cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // It is there from an earlier run.
        }
    }

    public static Task DropDatabaseAsync(this NpgsqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(name)} WITH (FORCE)", cancellationToken);

    private static async Task ExecuteAsync(this NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Quote(string name) => new NpgsqlCommandBuilder().QuoteIdentifier(name);
}
