using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Audit;

/// <summary>Who changed what. Entries are written in the transaction of the change and never changed themselves.</summary>
public sealed class AuditLog(NpgsqlDataSource database, DatabaseWatch watch)
{
    /// <summary>Adds an entry to the caller's transaction: it is kept only if that commits.</summary>
    public static void Add(JobTransaction transaction, AuditEntry entry) => transaction.Add(
        "insert into audit (id, who, what, subject, details, trace) values ($1, $2, $3, $4, $5, $6)",
        Guid.CreateVersion7(), entry.Who, entry.What, entry.Subject, entry.Details, entry.Trace);

    /// <summary>
    /// The newest entries, or the next older ones after <paramref name="before"/>, optionally of one subject or one account.
    /// </summary>
    public Task<List<AuditRow>> ListAsync(Guid? before, string? who, string? subject, int limit, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => database.QueryAsync<AuditRow>(
            """
            select id, at, who, what, subject, details, trace from audit
            where id < @before and (@who is null or who = @who) and (@subject is null or subject = @subject) order by id desc limit @limit
            """, new { before = before ?? Guid.AllBitsSet, who, subject, limit }, cancellationToken));
}
