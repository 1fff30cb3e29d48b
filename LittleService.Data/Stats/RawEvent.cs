using System.Text;
using LittleService.Data.Events;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Data.Stats;

/// <summary>A single event as a row.</summary>
internal sealed record RawEvent(DateTime OccurredAt, string Name, Guid? Id, string? Subject, double? Value, string? Properties)
{
    private const string Savepoint = "raw";
    private const string Columns = "occurred_at, name, id, subject, value, properties";

    public static RawEvent Of(in PackedEvent e) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(e.Milliseconds).UtcDateTime, Text(e.Name)!, e.Id, Text(e.Subject), e.Value,
        Text(e.Properties));

    /// <summary>Saves all of them, in the transaction of their sums.</summary>
    public static async Task SaveAsync(NpgsqlTransaction transaction, List<RawEvent> events, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await CopyAsync(transaction.Connection!, events, cancellationToken);
        }
        catch (PostgresException exception) when (IsData(exception))
        {
            // Properties that jsonb cannot hold. The others of the batch go on.
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            foreach (var e in events) await SaveAsync(transaction, e, cancellationToken);
        }
    }

    private static async Task SaveAsync(NpgsqlTransaction transaction, RawEvent e, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await InsertAsync(transaction.Connection!, e, "$6::jsonb", cancellationToken);
            await transaction.ReleaseAsync(Savepoint, cancellationToken);
        }
        catch (PostgresException exception) when (IsData(exception))
        {
            // As the text that they are, so that nothing is lost.
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            await InsertAsync(transaction.Connection!, e, "to_jsonb($6)", cancellationToken);
        }
    }

    private static async Task InsertAsync(NpgsqlConnection connection, RawEvent e, string properties, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"insert into events ({Columns}) values ($1, $2, $3, $4, $5, {properties})", connection)
        {
            Parameters =
            {
                new() { Value = e.OccurredAt }, new() { Value = e.Name },
                new() { Value = (object?)e.Id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid },
                new() { Value = (object?)e.Subject ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = (object?)e.Value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double },
                new() { Value = (object?)e.Properties ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // The class 22 of Postgres' errors.
    private static bool IsData(PostgresException exception) => exception.SqlState.StartsWith("22", StringComparison.Ordinal);

    private static async Task CopyAsync(NpgsqlConnection connection, List<RawEvent> events, CancellationToken cancellationToken)
    {
        await using var import = await connection.BeginBinaryImportAsync(
            $"copy events ({Columns}) from stdin (format binary)", cancellationToken);
        foreach (var e in events)
        {
            await import.StartRowAsync(cancellationToken);
            await import.WriteAsync(e.OccurredAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await import.WriteAsync(e.Name, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(import, e.Id, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(import, e.Subject, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(import, e.Value, NpgsqlDbType.Double, cancellationToken);
            await WriteAsync(import, e.Properties, NpgsqlDbType.Jsonb, cancellationToken);
        }
        await import.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter import, T value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? import.WriteNullAsync(cancellationToken) : import.WriteAsync(value, type, cancellationToken);

    private static string? Text(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Encoding.UTF8.GetString(text);
}
