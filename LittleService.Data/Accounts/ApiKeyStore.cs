using System.Security.Cryptography;
using Npgsql;

namespace LittleService.Data.Accounts;

public sealed class ApiKeyStore(NpgsqlDataSource database, DatabaseWatch watch, TimeProvider time)
{
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(5);

    /// <summary>Who holds this key; null when it is none of ours, expired, revoked, or its owner disabled. Asks the database each time, so all of these hold at once.</summary>
    public Task<Caller?> FindAsync(string text, CancellationToken cancellationToken) =>
        ApiKeyText.Read(text) is { } key ? watch.WaitAsync(() => FindAsync(key, cancellationToken)) : Task.FromResult<Caller?>(null);

    private async Task<Caller?> FindAsync(ApiKeyText key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (caller, used) = await ReadAsync(connection, key, now, cancellationToken);
        if (caller is not null && !(now - used < UseStep)) await NoteUseAsync(connection, key.Id, now, cancellationToken);
        return caller;
    }

    private static async Task<(Caller? Caller, DateTime? Used)> ReadAsync(NpgsqlConnection connection, ApiKeyText key, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select k.secret_hash, k.role, k.expires_at, k.used_at, a.id, a.name, a.role from api_keys k join accounts a on a.id = k.account_id
            where k.id = $1 and k.expires_at > $2 and a.disabled_at is null
            """, connection) { Parameters = { new() { Value = key.Id }, new() { Value = now } } };
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        if (!await row.ReadAsync(cancellationToken) || !CryptographicOperations.FixedTimeEquals(row.GetFieldValue<byte[]>(0), key.Hash)) return default;
        // An owner who was given a lesser role takes it to all keys.
        var role = (Role)Math.Min((int)Roles.Parse(row.GetString(1)), (int)Roles.Parse(row.GetString(6)));
        return (new Caller(row.GetGuid(4), row.GetString(5), role, row.GetDateTime(2)), row.IsDBNull(3) ? null : row.GetDateTime(3));
    }

    private static async Task NoteUseAsync(NpgsqlConnection connection, string id, DateTime now, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("update api_keys set used_at = $2 where id = $1", connection) { Parameters = { new() { Value = id }, new() { Value = now } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
