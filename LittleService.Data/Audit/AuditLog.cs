using Npgsql;
using NpgsqlTypes;

namespace LittleService.Data.Audit;

/// <summary>Who changed what. Entries are written in the transaction of the change and never changed themselves.</summary>
public sealed class AuditLog(NpgsqlDataSource database, DatabaseWatch watch)
{
    /// <summary>Writes entries in the caller's transaction: they stand if, and only if, it commits.</summary>
    public static async Task WriteAsync(
        NpgsqlTransaction transaction, CancellationToken cancellationToken, params IReadOnlyList<AuditEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await using var command = new NpgsqlCommand(
            """
            insert into audit (id, who, what, subject, details, trace)
            select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
            """,
            transaction.Connection,
            transaction);
        command.Parameters.Add(
            new() { Value = entries.Select(_ => Guid.CreateVersion7()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        AddTexts(command, entries.Select(entry => entry.Who));
        AddTexts(command, entries.Select(entry => entry.What));
        AddTexts(command, entries.Select(entry => entry.Subject));
        AddTexts(command, entries.Select(entry => entry.Details));
        AddTexts(command, entries.Select(entry => entry.Trace));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// The newest entries, or the next older ones after <paramref name="before"/>, of one subject or of one who where given.
    /// </summary>
    public Task<List<AuditRow>> ListAsync(Guid? before, string? who, string? subject, int limit, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
        {
            await using var command = database.CreateCommand(
                """
                select id, at, who, what, subject, details, trace from audit
                where id < $1 and ($2::text is null or who = $2) and ($3::text is null or subject = $3) order by id desc limit $4
                """);
            command.Parameters.Add(new() { Value = before ?? Guid.AllBitsSet });
            command.Parameters.Add(new() { Value = (object?)who ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = (object?)subject ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
            command.Parameters.Add(new() { Value = limit });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<AuditRow>();
            while (await reader.ReadAsync(cancellationToken)) rows.Add(Read(reader));
            return rows;
        });

    private static void AddTexts(NpgsqlCommand command, IEnumerable<string?> texts) =>
        command.Parameters.Add(new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });

    private static AuditRow Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetDateTime(1), row.GetString(2), row.GetString(3), row.GetString(4), Text(row, 5), Text(row, 6));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
