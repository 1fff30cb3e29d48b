using Dapper;
using LittleService.Data.Audit;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>Changes rows and writes the audit entry, both or neither.</summary>
public sealed class AuditedChanges(NpgsqlDataSource database, DatabaseWatch watch)
{
    /// <summary>Runs a statement that returns a row where it changed something; says whether it did.</summary>
    public Task<bool> RunAsync(AuditEntry entry, string sql, object values, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.ExecuteScalarAsync(new(sql, values, transaction, cancellationToken: cancellationToken)) is null) return false;
        await AuditLog.WriteAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });
}
