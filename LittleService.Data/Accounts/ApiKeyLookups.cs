using System.Security.Cryptography;
using Dapper;
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
        foreach (var row in found.OfType<Row>().Distinct().Where(row => row.IsUseDue(now)).ToList())
            await connection.ExecuteAsync("update api_keys set used_at = @now where id = @Id", new { row.Id, now });
        return found.ConvertAll(row => row?.Caller);
    }

    private static async Task<List<Row>> ReadAsync(NpgsqlConnection connection, string[] ids, DateTime now)
    {
        // Other requests wait for this query: if the server has vanished, they must not wait for the default of 30 s.
        var rows = await connection.QueryAsync<Row>(
            """
            select k.id, k.secret_hash, k.role, k.expires_at, k.used_at, a.id as account_id, a.name as account, a.role as account_role,
              a.security_stamp
            from api_keys k join accounts a on a.id = k.account_id
            where k.id = any(@ids) and k.expires_at > @now and a.disabled_at is null
            """, new { ids, now }, commandTimeout: 5);
        return rows.AsList();
    }

    private sealed record Row(
        string Id, byte[] SecretHash, Role Role, DateTime ExpiresAt, DateTime? UsedAt, Guid AccountId, string Account, Role AccountRole,
        string SecurityStamp)
    {
        // A key never has a higher role than its owner.
        public Caller Caller => new(AccountId, Account, (Role)Math.Min((int)Role, (int)AccountRole), ExpiresAt)
        {
            Stamp = SecurityStamp,
        };

        public bool Has(ApiKeyText key) => CryptographicOperations.FixedTimeEquals(SecretHash, key.Hash);

        // Written seldom, so that a busy key does not cost a write per request.
        public bool IsUseDue(DateTime now) => UsedAt is null || now - UsedAt >= UseStep;
    }
}
