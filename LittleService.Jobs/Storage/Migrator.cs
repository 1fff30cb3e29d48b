using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace LittleService.Jobs.Storage;

/// <summary>
/// Brings the schema up to date, forward only. Each file runs once, in a transaction of its own and under one advisory lock: of two
/// migrators one applies a file, and the other waits and finds it applied. Where nothing is pending, nothing is locked and no right to
/// create is needed.
/// </summary>
/// <param name="database">The database.</param>
/// <param name="logger">Logs each file that is applied, and which session is in the way of one.</param>
/// <param name="migrations">The files of all sets, in order.</param>
/// <param name="time">The clock.</param>
public sealed partial class Migrator(
    NpgsqlDataSource database, ILogger<Migrator> logger, IReadOnlyList<Migration> migrations, TimeProvider? time = null)
{
    // An arbitrary number that nothing else in this database may lock. The lock belongs to a transaction, which also works behind a pooler.
    private const long Lock = 0x4C53_6D69_6772;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Applies what is pending, and returns what it applied, in order.</summary>
    /// <exception cref="InvalidOperationException">A file was changed after it was applied.</exception>
    public async Task<IReadOnlyList<Migration>> MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var applied = new List<Migration>();
        foreach (var migration in await PendingAsync(connection, cancellationToken))
            if (await TryApplyAsync(connection, migration, cancellationToken)) applied.Add(migration);
        return applied;
    }

    /// <summary>The migrations not yet applied, in order; empty when the schema is current.</summary>
    /// <exception cref="InvalidOperationException">A file was changed after it was applied.</exception>
    public async Task<IReadOnlyList<Migration>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await PendingAsync(connection, cancellationToken);
    }

    private async Task<bool> TryApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await using var ask = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        var process = (int)(await ask.ExecuteScalarAsync(cancellationToken))!;
        var work = ApplyAsync(connection, migration, cancellationToken);
        while (await Task.WhenAny(work, Task.Delay(Patience, _time, cancellationToken)) != work)
        {
            if (cancellationToken.IsCancellationRequested) break;
            await SayWhoIsInTheWayAsync(process, migration, cancellationToken);
        }

        if (!await work) return false;
        await transaction.CommitAsync(cancellationToken);
        LogApplied(migration);
        return true;
    }

    private static async Task<bool> ApplyAsync(NpgsqlConnection connection, Migration migration, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({Lock})", cancellationToken);
        await ExecuteAsync(
            connection,
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                set text NOT NULL, number int NOT NULL, name text NOT NULL, checksum text NOT NULL,
                  applied_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (set, number))
            """,
            cancellationToken);
        await using var note = new NpgsqlCommand(
            "INSERT INTO schema_migrations (set, number, name, checksum) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING", connection);
        foreach (var value in new object[] { migration.Set, migration.Number, migration.Name, migration.Checksum })
            note.Parameters.Add(new() { Value = value });
        if (await note.ExecuteNonQueryAsync(cancellationToken) == 0) return false;
        await ExecuteAsync(connection, migration.Sql, cancellationToken);
        return true;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Another migrator, or a session that uses a table that the file changes.
    private async Task SayWhoIsInTheWayAsync(int process, Migration migration, CancellationToken cancellationToken)
    {
        try
        {
            await using var query = database.CreateCommand(
                """
                SELECT format('process %s (%s, user %s%s, in a transaction for %s s)',
                       pid, coalesce(nullif(application_name, ''), 'no name'), usename,
                       ', from ' || host(client_addr), coalesce(extract(epoch FROM now() - xact_start)::int::text, '?'))
                FROM pg_stat_activity WHERE pid = ANY (pg_blocking_pids($1))
                """);
            query.Parameters.Add(new() { Value = process });
            await using var reader = await query.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken)) LogWaiting(migration, reader.GetString(0));
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // Reporting who blocks must not fail the migration.
        }
    }

    private async Task<IReadOnlyList<Migration>> PendingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        var pending = new List<Migration>();
        foreach (var migration in migrations)
        {
            if (!applied.TryGetValue((migration.Set, migration.Number), out var checksum))
                pending.Add(migration);
            else if (checksum != migration.Checksum)
                throw new InvalidOperationException(
                    $"Migration {migration} was changed after it was applied. Take the change back and write it as a new migration.");
        }

        return pending;
    }

    private static async Task<Dictionary<(string Set, int Number), string>> AppliedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Migration {Migration} waits for a lock that {Holder} has")]
    private partial void LogWaiting(Migration migration, string holder);
}
