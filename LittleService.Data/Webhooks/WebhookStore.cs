using LittleService.Data.Accounts;
using LittleService.Data.Audit;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Webhooks;

/// <summary>The subscriptions of an account.</summary>
public sealed class WebhookStore(
    NpgsqlDataSource database, DatabaseWatch watch, JobClient jobs, AuditedChanges changes, WebhookSecrets secrets)
{
    /// <summary>How many an account may have: each multiplies the work of every change.</summary>
    public const int MostPerAccount = 20;

    private const string Columns = "id, url, events, created_at, failures, paused_at, pause_reason";

    /// <summary>
    /// Adds a subscription and gives its secret, which is never shown again; null where the account has as many as it may.
    /// </summary>
    public Task<(Webhook Webhook, string Secret)?> AddAsync(
        Guid owner, string who, string url, string[] events, CancellationToken cancellationToken) =>
        watch.WaitAsync<(Webhook, string)?>(async () =>
        {
            var (id, secret) = (Guid.CreateVersion7(), WebhookSecrets.Create());
            await using var transaction = await jobs.BeginAsync(cancellationToken);
            // The lock serializes the count per account.
            await transaction.ExecuteAsync("select from accounts where id = @owner for no key update", new { owner }, cancellationToken);
            var added = await transaction.QueryAsync<Webhook>(
                $"""
                insert into webhooks (id, owner, url, events, secret) select @id, @owner, @url, @events, @sealed
                where (select count(*) from webhooks where owner = @owner) < @MostPerAccount returning {Columns}
                """, new { id, owner, url, events, @sealed = secrets.Protect(secret), MostPerAccount }, cancellationToken);
            if (added is not [var webhook]) return null;
            AuditLog.Add(transaction, new(who, "webhook.added", $"{id}", new Uri(url).Host));
            await transaction.CommitAsync(cancellationToken);
            return (webhook, secret);
        });

    public Task<List<Webhook>> ListAsync(Guid owner, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => database.QueryAsync<Webhook>(
            $"select {Columns} from webhooks where owner = @owner order by id", new { owner }, cancellationToken));

    public Task<Webhook?> FindAsync(Guid owner, Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
        (await database.QueryAsync<Webhook>(
            $"select {Columns} from webhooks where owner = @owner and id = @id", new { owner, id }, cancellationToken)).SingleOrDefault());

    /// <summary>Ends a subscription; deliveries under way find it gone. False where the account has no such subscription.</summary>
    public Task<bool> DeleteAsync(Guid owner, string who, Guid id, CancellationToken cancellationToken) => changes.RunAsync(
        new(who, "webhook.deleted", $"{id}"),
        "delete from webhooks where owner = @owner and id = @id returning id", new { owner, id }, cancellationToken);

    /// <summary>
    /// Resumes deliveries; snoozed ones are delivered when they are due. False where the account has no such subscription.
    /// </summary>
    public Task<bool> ResumeAsync(Guid owner, string who, Guid id, CancellationToken cancellationToken) => changes.RunAsync(
        new(who, "webhook.resumed", $"{id}"),
        """
        update webhooks set paused_at = null, pause_reason = null, failures = 0, failing_since = null
        where owner = @owner and id = @id returning id
        """, new { owner, id }, cancellationToken);
}
