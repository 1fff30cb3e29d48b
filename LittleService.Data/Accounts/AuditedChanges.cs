using Dapper;
using LittleService.Data.Audit;
using LittleService.Jobs;

namespace LittleService.Data.Accounts;

/// <summary>Changes rows and writes the audit entry, both or neither.</summary>
public sealed class AuditedChanges(JobClient jobs, DatabaseWatch watch)
{
    /// <summary>Runs a statement that returns a row where it changed something; says whether it did.</summary>
    public Task<bool> RunAsync(AuditEntry entry, string sql, object values, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var changed = await transaction.Connection.ExecuteScalarAsync(
            new(sql, values, transaction.Transaction, cancellationToken: cancellationToken));
        if (changed is null) return false;
        AuditLog.Add(transaction, entry);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });
}
