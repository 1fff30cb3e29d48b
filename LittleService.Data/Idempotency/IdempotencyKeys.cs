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
        NpgsqlTransaction transaction, IdempotencyKey key, byte[] response, CancellationToken cancellationToken)
    {
        await using var insert = new NpgsqlCommand(
            $"""
            insert into idempotency_keys as kept (caller, key, fingerprint, answer) values ($1, $2, $3, $4)
            on conflict (caller, key) do update set fingerprint = excluded.fingerprint, answer = excluded.answer,
              created_at = excluded.created_at
            where kept.created_at < now() - {Lifetime}
            """,
            transaction.Connection,
            transaction).With(key.Caller, key.Key, key.Fingerprint, response);
        if (await insert.ExecuteNonQueryAsync(cancellationToken) == 1) return null;

        await using var select = new NpgsqlCommand(
            "select fingerprint, answer from idempotency_keys where caller = $1 and key = $2", transaction.Connection, transaction)
        {
            Parameters = { new() { Value = key.Caller }, new() { Value = key.Key } },
        };
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return reader.GetFieldValue<byte[]>(0).AsSpan().SequenceEqual(key.Fingerprint)
            ? reader.GetFieldValue<byte[]>(1) : throw new IdempotencyKeyReusedException();
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
