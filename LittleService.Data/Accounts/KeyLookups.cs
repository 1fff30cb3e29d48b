using System.Security.Cryptography;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>
/// Looks keys up. Requests that come while a question is under way share the next one, each with its own key: every answer was asked for
/// after its request came, so a key that was revoked before is known to be.
/// </summary>
public sealed class KeyLookups
{
    private static readonly TimeSpan UseStep = TimeSpan.FromMinutes(5);
    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _time;
    private readonly Batches<Lookup> _batches;

    public KeyLookups(NpgsqlDataSource database, TimeProvider time) => (_database, _time, _batches) = (database, time, new(FindAsync));

    internal async Task<Caller?> FindAsync(ApiKeyText key, CancellationToken cancellationToken)
    {
        var lookup = new Lookup(key);
        await _batches.WriteAsync(lookup).WaitAsync(cancellationToken);
        return lookup.Caller;
    }

    private async Task FindAsync(IReadOnlyList<Lookup> lookups)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        await using var connection = await _database.OpenConnectionAsync();
        var used = await ReadAsync(connection, lookups.ToLookup(static lookup => lookup.Key.Id), now);
        // One by one: statements that lock several rows in different orders could wait for each other.
        foreach (var id in used) await NoteUseAsync(connection, id, now);
    }

    /// <returns>The keys whose use is to be noted.</returns>
    private static async Task<List<string>> ReadAsync(NpgsqlConnection connection, ILookup<string, Lookup> lookups, DateTime now)
    {
        await using var command = new NpgsqlCommand(
            """
            select k.id, k.secret_hash, k.role, k.expires_at, k.used_at, a.id, a.name, a.role from api_keys k
              join accounts a on a.id = k.account_id
            where k.id = any($1) and k.expires_at > $2 and a.disabled_at is null
            """, connection)
        { Parameters = { new() { Value = lookups.Select(static same => same.Key).ToArray() }, new() { Value = now } } };
        // Others wait behind it: on a connection whose server is gone without a word it must not wait for the usual half minute.
        command.CommandTimeout = 5;
        await using var row = await command.ExecuteReaderAsync();
        var used = new List<string>();
        while (await row.ReadAsync())
        {
            var (id, hash, noted) =
                (row.GetString(0), row.GetFieldValue<byte[]>(1), row.IsDBNull(4) ? DateTime.MinValue : row.GetDateTime(4));
            // An owner who was given a lesser role takes it to all keys.
            var role = (Role)Math.Min((int)Roles.Parse(row.GetString(2)), (int)Roles.Parse(row.GetString(7)));
            var caller = new Caller(row.GetGuid(5), row.GetString(6), role, row.GetDateTime(3));
            var right = lookups[id].Where(lookup => CryptographicOperations.FixedTimeEquals(hash, lookup.Key.Hash)).ToList();
            right.ForEach(lookup => lookup.Caller = caller);
            if (right.Count > 0 && now - noted >= UseStep) used.Add(id);
        }

        return used;
    }

    private static async Task NoteUseAsync(NpgsqlConnection connection, string id, DateTime now)
    {
        await using var command = new NpgsqlCommand("update api_keys set used_at = $2 where id = $1", connection).With(id, now);
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Lookup(ApiKeyText key)
    {
        public ApiKeyText Key { get; } = key;

        public Caller? Caller { get; set; }
    }
}
