using System.Security.Cryptography;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>Sessions of browsers. Ending one, or disabling its account, takes effect with the next request.</summary>
public sealed class SessionStore(NpgsqlDataSource database, DatabaseWatch watch, TimeProvider time)
{
    /// <summary>A session that nobody uses for this long is over.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>A session is over after this time, used or not.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Starts a session and gives its token; deletes expired ones.</summary>
    public async Task<byte[]> StartAsync(Guid account, CancellationToken cancellationToken)
    {
        var token = RandomNumberGenerator.GetBytes(32);
        var now = Now;
        await RunAsync("insert into sessions (token_hash, account_id, created_at, seen_at) values ($1, $2, $3, $3)", cancellationToken,
            SHA256.HashData(token), account, now);
        await RunAsync("delete from sessions where created_at < $1 or seen_at < $2", cancellationToken, now - Longest, now - Idle);
        return token;
    }

    /// <summary>Who the session belongs to; null when it is over.</summary>
    public Task<Caller?> FindAsync(byte[] token, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        var (hash, now) = (SHA256.HashData(token), Now);
        Caller caller;
        DateTime seen;
        await using (var command = Command(
            """
            select a.id, a.name, a.role, s.seen_at from sessions s join accounts a on a.id = s.account_id
            where s.token_hash = $1 and s.created_at > $2 and s.seen_at > $3 and a.disabled_at is null
            """, hash, now - Longest, now - Idle))
        {
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            if (!await row.ReadAsync(cancellationToken)) return null;
            (caller, seen) = (new Caller(row.GetGuid(0), row.GetString(1), Roles.Parse(row.GetString(2))), row.GetDateTime(3));
        }

        if (now - seen < SeenStep) return caller;
        await using var note = Command("update sessions set seen_at = $2 where token_hash = $1", hash, now);
        await note.ExecuteNonQueryAsync(cancellationToken);
        return caller;
    });

    public Task EndAsync(byte[] token, CancellationToken cancellationToken) =>
        RunAsync("delete from sessions where token_hash = $1", cancellationToken, SHA256.HashData(token));

    private Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object[] values) => watch.WaitAsync(async () =>
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    });

    private NpgsqlCommand Command(string sql, params object[] values)
    {
        var command = database.CreateCommand(sql);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
