using LittleService.Data.Audit;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Webhooks;

/// <summary>Reads and writes of the worker.</summary>
public sealed class WebhookDeliveries(NpgsqlDataSource database, JobClient jobs)
{
    private const string KeptFailing = "its deliveries kept failing";

    public Task<List<Guid>> SubscribersAsync(string type, CancellationToken cancellationToken) => database.QueryAsync<Guid>(
        """
        select id from webhooks where @type = any(events)
        and not exists (select from accounts where id = owner and disabled_at is not null)
        """, new { type }, cancellationToken);

    /// <summary>Null where the subscription has ended.</summary>
    public async Task<WebhookTarget?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.QueryAsync<WebhookTarget>(
            """
            select url, secret, not exists (select from accounts where id = owner and disabled_at is not null) as active,
              paused_at is not null as paused, failures > 0 as failing
            from webhooks where id = @id
            """, new { id }, cancellationToken)).SingleOrDefault();

    public Task SucceededAsync(Guid id, CancellationToken cancellationToken) => database.ExecuteAsync(
        "update webhooks set failures = 0, failing_since = null where id = @id and paused_at is null", new { id }, cancellationToken);

    /// <summary>Counts a failed attempt and pauses a webhook that has failed often and long enough. True where it did that.</summary>
    public async Task<bool> FailedAsync(Guid id, int most, TimeSpan longest, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var paused = await transaction.QueryAsync<bool>(
            """
            update webhooks set failures = failures + 1, failing_since = coalesce(failing_since, now()),
              paused_at = case when failures + 1 >= @most and coalesce(failing_since, now()) <= now() - @longest then now() end,
              pause_reason = case when failures + 1 >= @most and coalesce(failing_since, now()) <= now() - @longest then @KeptFailing end
            where id = @id and paused_at is null returning paused_at is not null
            """, new { id, most, longest, KeptFailing }, cancellationToken) is [true];
        if (paused)
            AuditLog.Add(transaction, new("worker", "webhook.paused", $"{id}", KeptFailing));
        await transaction.CommitAsync(cancellationToken);
        return paused;
    }

    /// <summary>Pauses a webhook whose subscriber refuses deliveries.</summary>
    public async Task PauseAsync(Guid id, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var changed = await transaction.ExecuteAsync(
            "update webhooks set paused_at = now(), pause_reason = @reason where id = @id and paused_at is null", new { id, reason },
            cancellationToken);
        if (changed > 0)
            AuditLog.Add(transaction, new("worker", "webhook.paused", $"{id}", reason));
        await transaction.CommitAsync(cancellationToken);
    }
}
