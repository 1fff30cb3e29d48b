using System.Security.Cryptography;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>
/// Looks keys up. Requests that come while a query is under way share the next one: each query begins after the requests it is for,
/// so a key that was revoked before is known to be.
/// </summary>
public sealed class ApiKeyLookups
{
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(5);
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;
    private readonly Batcher<ApiKeyText, Caller?> _lookups;

    public ApiKeyLookups(NpgsqlDataSource database, TimeProvider time) =>
        (_database, _time, _lookups) = (database, time, new(FindAsync, largest: 200, workers: 2));

    internal Task<Caller?> FindAsync(ApiKeyText key, CancellationToken cancellationToken) => _lookups.AddAsync(key, cancellationToken);

    private async Task<IReadOnlyList<Caller?>> FindAsync(IReadOnlyList<ApiKeyText> keys)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        await using var connection = await _database.OpenConnectionAsync();
        var rows = (await ReadAsync(connection, [.. keys.Select(key => key.Id).Distinct()], now)).ToDictionary(row => row.Id);
        var found = keys.Select(key => rows.GetValueOrDefault(key.Id) is { } row && row.Has(key) ? row : null).ToList();
        // One by one: statements that lock several rows in different orders could deadlock.
        foreach (var row in found.OfType<Row>().Distinct().Where(row => now - row.UsedAt >= UseStep).ToList())
            await NoteUseAsync(connection, row.Id, now);
        return found.ConvertAll(row => row?.Caller);
    }

    private static async Task<List<Row>> ReadAsync(NpgsqlConnection connection, string[] ids, DateTime now)
    {
        await using var command = new NpgsqlCommand(
            """
            select k.id, k.secret_hash, k.role, k.expires_at, k.used_at, a.id, a.name, a.role from api_keys k
              join accounts a on a.id = k.account_id
            where k.id = any($1) and k.expires_at > $2 and a.disabled_at is null
            """, connection).With(ids, now);
        // Other requests wait for this query: if the server has vanished, they must not wait for the default of 30 s.
        command.CommandTimeout = 5;
        return await command.ReadAsync(Read, CancellationToken.None);
    }

    // A key never has a higher role than its owner.
    private static Row Read(NpgsqlDataReader row)
    {
        var role = (Role)Math.Min((int)Roles.Parse(row.GetString(2)), (int)Roles.Parse(row.GetString(7)));
        return new(
            row.GetString(0), row.GetFieldValue<byte[]>(1), row.IsDBNull(4) ? DateTime.MinValue : row.GetDateTime(4),
            new(row.GetGuid(5), row.GetString(6), role, row.GetDateTime(3)));
    }

    private static async Task NoteUseAsync(NpgsqlConnection connection, string id, DateTime now)
    {
        await using var command = new NpgsqlCommand("update api_keys set used_at = $2 where id = $1", connection).With(id, now);
        await command.ExecuteNonQueryAsync();
    }

    private sealed record Row(string Id, byte[] Hash, DateTime UsedAt, Caller Caller)
    {
        public bool Has(ApiKeyText key) => CryptographicOperations.FixedTimeEquals(Hash, key.Hash);
    }
}
