using LittleService.Data.Audit;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>Changes rows and writes the change down, both or neither.</summary>
public sealed class AuditedChanges(NpgsqlDataSource database, DatabaseWatch watch)
{
    /// <summary>Runs a statement that returns a row where it changed something; says whether it did.</summary>
    public Task<bool> RunAsync(AuditEntry entry, string sql, CancellationToken cancellationToken, params object[] values) =>
        watch.WaitAsync(async () =>
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection, transaction);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        if (await command.ExecuteScalarAsync(cancellationToken) is null) return false;
        await AuditLog.WriteAsync(transaction, entry, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    });
}
