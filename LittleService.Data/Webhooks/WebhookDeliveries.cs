using LittleService.Data.Audit;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Webhooks;

/// <summary>What the worker reads and writes about subscriptions.</summary>
public sealed class WebhookDeliveries(NpgsqlDataSource database, JobClient jobs)
{
    private const string KeptFailing = "its deliveries kept failing";

    public async Task<List<Guid>> SubscribersAsync(string type, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select id from webhooks where $1 = any(events)
            and not exists (select from accounts where id = owner and disabled_at is not null)
            """).With(type);
        return await command.ReadAsync(row => row.GetGuid(0), cancellationToken);
    }

    /// <summary>Null where the subscription has ended.</summary>
    public async Task<WebhookTarget?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            select url, secret, not exists (select from accounts where id = owner and disabled_at is not null),
              paused_at is not null, failures > 0
            from webhooks where id = $1
            """).With(id);
        var found = await command.ReadAsync(
            row =>
                new WebhookTarget(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4)),
            cancellationToken);
        return found.SingleOrDefault();
    }

    public async Task SucceededAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "update webhooks set failures = 0, failing_since = null where id = $1 and paused_at is null").With(id);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Counts a failed attempt and pauses a webhook that has failed often and long enough. True where it did that.</summary>
    public async Task<bool> FailedAsync(Guid id, int most, TimeSpan longest, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        await using var command = transaction.Command(
            """
            update webhooks set failures = failures + 1, failing_since = coalesce(failing_since, now()),
              paused_at = case when failures + 1 >= $2 and coalesce(failing_since, now()) <= now() - $3::interval then now() end,
              pause_reason = case when failures + 1 >= $2 and coalesce(failing_since, now()) <= now() - $3::interval then $4 end
            where id = $1 and paused_at is null returning paused_at is not null
            """,
            id, most, longest, KeptFailing);
        var paused = await command.ExecuteScalarAsync(cancellationToken) is true;
        if (paused)
            AuditLog.Add(transaction, new("worker", "webhook.paused", $"{id}", KeptFailing));
        await transaction.CommitAsync(cancellationToken);
        return paused;
    }

    /// <summary>Pauses a webhook whose subscriber wants no more.</summary>
    public async Task PauseAsync(Guid id, string reason, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        await using var command = transaction.Command(
            "update webhooks set paused_at = now(), pause_reason = $2 where id = $1 and paused_at is null", id, reason);
        if (await command.ExecuteNonQueryAsync(cancellationToken) > 0)
            AuditLog.Add(transaction, new("worker", "webhook.paused", $"{id}", reason));
        await transaction.CommitAsync(cancellationToken);
    }
}
