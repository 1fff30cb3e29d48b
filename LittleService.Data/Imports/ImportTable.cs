using LittleService.Data.Audit;
using LittleService.Data.Webhooks;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Imports;

/// <summary>What both sides of an import, api and worker, do to its rows.</summary>
internal static class ImportTable
{
    public const string Columns =
        "id, owner, who, mode, state, created_at, finished_at, size, position, line, rows_added, rows_refused, run, job_id, reason";

    private const string End =
        $"""
        update imports set state = $2, reason = $3, finished_at = now(), rows_added = rows_added + $4, rows_refused = rows_refused + $5
        where id = $1 and state in ('waiting', 'running') and ($6::int is null or run = $6) and ($7::uuid is null or owner = $7)
        returning who, rows_added, rows_refused, {ItemEvents.Wanted}
        """;

    public static Import Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetDateTime(5),
        row.GetFieldValue<DateTime?>(6),
        row.GetInt64(7), row.GetInt64(8), row.GetInt32(9), row.GetInt32(10), row.GetInt32(11), row.GetInt32(12),
        row.GetFieldValue<Guid?>(13),
        row.IsDBNull(14) ? null : row.GetString(14));

    /// <summary>
    /// Ends an import, in one transaction with what it leaves: its upload is deleted, one audit row written, subscribers told. False where
    /// it has ended already or is not the caller's, who is named by <paramref name="run"/> or <paramref name="owner"/>.
    /// </summary>
    public static async Task<bool> EndAsync(
        JobTransaction transaction, Guid id, string state, string? reason, int added, int refused, int? run, Guid? owner,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        var (who, total, wanted) = ("", "", false);
        await using (var command = transaction.Command(End, id, state, reason, added, refused, run, owner))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await row.ReadAsync(cancellationToken)) return false;
            (added, wanted) = (row.GetInt32(1), row.GetBoolean(3));
            (who, total) = (row.GetString(0), $"{added} rows added, {row.GetInt32(2)} refused");
        }

        await using (var delete = transaction.Command("delete from import_chunks where import_id = $1", id))
            await delete.ExecuteNonQueryAsync(cancellationToken);
        await AuditLog.WriteAsync(transaction.Transaction, cancellationToken, new AuditEntry(who, $"import.{state}", $"{id}", total));
        if (wanted && added > 0) ItemEvents.Enqueue(transaction, ItemEvents.Imported, new { import = id, rows = added }, now);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
