using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.Data.Migrations;

/// <summary>
/// Brings the schema up to date, forward only. Each file runs once, in a transaction of its own, under one advisory lock: of two migrators
/// one migrates, and the other waits and finds nothing to do.
/// </summary>
public sealed partial class Migrator(NpgsqlDataSource database, ILogger<Migrator> logger, IReadOnlyList<Migration>? migrations = null)
{
    // Any number does, as long as nothing else in this database takes the same one.
    private const long Lock = 0x4C53_6D69_6772;

    private readonly IReadOnlyList<Migration> _migrations = migrations ?? Migration.All;

    /// <summary>Applies what is pending, and returns it in order.</summary>
    /// <exception cref="InvalidOperationException">A file was changed after it was applied.</exception>
    public async Task<IReadOnlyList<Migration>> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var take = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { CommandTimeout = 0, Parameters = { new() { Value = Lock } } };
        await take.ExecuteNonQueryAsync(cancellationToken);
        try
        {
            return await ApplyAsync(connection, cancellationToken);
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = Lock } } };
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    /// <summary>The migrations not yet applied, in order; empty when the schema is current.</summary>
    /// <exception cref="InvalidOperationException">A file was changed after it was applied.</exception>
    public async Task<IReadOnlyList<Migration>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await PendingAsync(connection, cancellationToken);
    }

    private async Task<IReadOnlyList<Migration>> ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var create = new NpgsqlCommand(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                set text NOT NULL, number int NOT NULL, name text NOT NULL, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (set, number))
            """, connection))
        {
            await create.ExecuteNonQueryAsync(cancellationToken);
        }

        var pending = await PendingAsync(connection, cancellationToken);
        foreach (var migration in pending)
            await ApplyAsync(connection, migration, cancellationToken);
        return pending;
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var script = new NpgsqlCommand(migration.Sql, connection, transaction) { CommandTimeout = 0 })
            await script.ExecuteNonQueryAsync(cancellationToken);
        await using (var note = new NpgsqlCommand("INSERT INTO schema_migrations (set, number, name, checksum) VALUES ($1, $2, $3, $4)", connection, transaction))
        {
            note.Parameters.Add(new() { Value = migration.Set });
            note.Parameters.Add(new() { Value = migration.Number });
            note.Parameters.Add(new() { Value = migration.Name });
            note.Parameters.Add(new() { Value = migration.Checksum });
            await note.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        LogApplied(migration);
    }

    private async Task<IReadOnlyList<Migration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        var pending = new List<Migration>();
        foreach (var migration in _migrations)
        {
            if (!applied.TryGetValue((migration.Set, migration.Number), out var checksum))
                pending.Add(migration);
            else if (checksum != migration.Checksum)
                throw new InvalidOperationException($"Migration {migration} was changed after it was applied. Take the change back and write it as a new migration.");
        }

        return pending;
    }

    private static async Task<Dictionary<(string Set, int Number), string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<(string, int), string>();
        await using var query = new NpgsqlCommand("SELECT set, number, checksum FROM schema_migrations", connection);
        try
        {
            await using var reader = await query.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                applied.Add((reader.GetString(0), reader.GetInt32(1)), reader.GetString(2));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            // A new database: nothing has been applied.
        }

        return applied;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Migration}")]
    private partial void LogApplied(Migration migration);
}
