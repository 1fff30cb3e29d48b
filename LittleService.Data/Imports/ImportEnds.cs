using LittleService.Data.Audit;
using LittleService.Data.Items;
using LittleService.Jobs;

namespace LittleService.Data.Imports;

/// <summary>How an import ended.</summary>
/// <param name="State">Its last state.</param>
/// <param name="Reason">Why, where it did not complete.</param>
/// <param name="Added">Rows that were added with the end.</param>
/// <param name="Refused">Rows that were refused with the end.</param>
public sealed record ImportEnd(string State, string? Reason = null, int Added = 0, int Refused = 0);

/// <summary>Ends imports, in one transaction with what they leave: the upload is deleted, the end audited, listeners notified.</summary>
public sealed class ImportEnds(ItemEvents events)
{
    private const string End =
        """
        update imports set state = @State, reason = @Reason, finished_at = now(), rows_added = rows_added + @Added,
          rows_refused = rows_refused + @Refused
        where id = @id and state in ('waiting', 'running') and (@run is null or run = @run) and (@owner is null or owner = @owner)
        returning who, rows_added, rows_refused
        """;

    /// <summary>Ends an import and commits. False where it has ended already, or is not of this run or not of this owner.</summary>
    public async Task<bool> EndAsync(
        JobTransaction transaction, Guid id, ImportEnd end, int? run, Guid? owner, CancellationToken cancellationToken)
    {
        var ended = await transaction.QueryAsync<(string Who, int Added, int Refused)>(
            End, new { id, end.State, end.Reason, end.Added, end.Refused, run, owner }, cancellationToken);
        if (ended is not [var (who, added, refused)]) return false;
        transaction.Add("delete from import_chunks where import_id = $1", id);
        AuditLog.Add(transaction, new(who, $"import.{end.State}", $"{id}", $"{added} rows added, {refused} refused"));
        if (added > 0) await events.RaiseAsync(transaction, new(ItemEvents.Imported, new { import = id, rows = added }), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
