using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Idempotency;

/// <summary>The responses given under each key.</summary>
public static class IdempotencyKeys
{
    private const string Lifetime = "interval '24 hours'";

    /// <summary>
    /// Keeps the response with the caller's transaction. A request with the same key that runs meanwhile waits here until the first one
    /// commits.
    /// </summary>
    /// <returns>Null, or the response given before: then the caller rolls back and gives it again.</returns>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another request.</exception>
    public static async Task<byte[]?> KeepAsync(
        JobTransaction transaction, IdempotencyKey key, byte[] response, CancellationToken cancellationToken)
    {
        var values = new { key.Caller, key.Key, key.Fingerprint, response };
        var inserted = await transaction.ExecuteAsync(
            $"""
            insert into idempotency_keys as kept (caller, key, fingerprint, answer) values (@Caller, @Key, @Fingerprint, @response)
            on conflict (caller, key) do update set fingerprint = excluded.fingerprint, answer = excluded.answer,
              created_at = excluded.created_at
            where kept.created_at < now() - {Lifetime}
            """, values, cancellationToken);
        if (inserted == 1) return null;

        var kept = (await transaction.QueryAsync<(byte[] Fingerprint, byte[] Response)>(
            "select fingerprint, answer from idempotency_keys where caller = @Caller and key = @Key", values, cancellationToken)).Single();
        return kept.Fingerprint.AsSpan().SequenceEqual(key.Fingerprint) ? kept.Response : throw new IdempotencyKeyReusedException();
    }

    /// <summary>Deletes what has expired.</summary>
    public static async Task CleanAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"delete from idempotency_keys where created_at < now() - {Lifetime}", transaction.Connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>Deletes the keys that have expired.</summary>
public sealed record CleanIdempotencyKeys : IJob
{
    public static string Kind => "clean_idempotency_keys";
}
