using LittleService.Data.Accounts;
using LittleService.Data.Audit;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Webhooks;

/// <summary>The subscriptions of an account: what it may see and change.</summary>
public sealed class WebhookStore(
    NpgsqlDataSource database, DatabaseWatch watch, JobClient jobs, AuditedChanges changes, WebhookSecrets secrets)
{
    /// <summary>How many an account may have: each multiplies the work of every change.</summary>
    public const int MostPerAccount = 20;

    private const string Select = "select id, url, events, created_at, failures, paused_at, pause_reason from webhooks";

    /// <summary>
    /// Adds a subscription and gives its secret, which is never shown again; null where the account has as many as it may.
    /// </summary>
    public Task<(Webhook Webhook, string Secret)?> AddAsync(
        Guid owner, string who, string url, string[] events, CancellationToken cancellationToken) =>
        watch.WaitAsync<(Webhook, string)?>(async () =>
        {
            var (id, secret) = (Guid.CreateVersion7(), WebhookSecrets.Create());
            await using var transaction = await jobs.BeginAsync(cancellationToken);
            // One at a time counts those of an account.
            await using var locking = transaction.Command("select from accounts where id = $1 for no key update", owner);
            await locking.ExecuteNonQueryAsync(cancellationToken);
            await using var command = transaction.Command(
                """
                insert into webhooks (id, owner, url, events, secret)
                select $1, $2, $3, $4, $5 where (select count(*) from webhooks where owner = $2) < $6 returning created_at
                """,
                id, owner, url, events, secrets.Protect(secret), MostPerAccount);
            if (await command.ExecuteScalarAsync(cancellationToken) is not DateTime created) return null;
            AuditLog.Add(transaction, new(who, "webhook.added", $"{id}", new Uri(url).Host));
            await transaction.CommitAsync(cancellationToken);
            return (new Webhook(id, url, events, created, 0, null, null), secret);
        });

    public Task<List<Webhook>> ListAsync(Guid owner, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => ReadAsync($"{Select} where owner = $1 order by id", cancellationToken, owner));

    public Task<Webhook?> FindAsync(Guid owner, Guid id, CancellationToken cancellationToken) =>
        watch.WaitAsync(
            async () => (await ReadAsync($"{Select} where owner = $1 and id = $2", cancellationToken, owner, id)).SingleOrDefault());

    /// <summary>Ends a subscription; deliveries under way find it gone. False where the account has no such.</summary>
    public Task<bool> DeleteAsync(Guid owner, string who, Guid id, CancellationToken cancellationToken) => changes.RunAsync(
        new(who, "webhook.deleted", $"{id}"),
        "delete from webhooks where owner = $1 and id = $2 returning id", cancellationToken, owner, id);

    /// <summary>
    /// Lets deliveries go again; those that were put off meanwhile come when their time is up. False where the account has no such.
    /// </summary>
    public Task<bool> ResumeAsync(Guid owner, string who, Guid id, CancellationToken cancellationToken) => changes.RunAsync(
        new(who, "webhook.resumed", $"{id}"),
        """
        update webhooks set paused_at = null, pause_reason = null, failures = 0, failing_since = null where owner = $1 and id = $2
        returning id
        """, cancellationToken, owner, id);

    private async Task<List<Webhook>> ReadAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql).With(values);
        return await command.ReadAsync(Read, cancellationToken);
    }

    private static Webhook Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetFieldValue<string[]>(2), row.GetDateTime(3), row.GetInt32(4),
        row.IsDBNull(5) ? null : row.GetDateTime(5), row.IsDBNull(6) ? null : row.GetString(6));
}
