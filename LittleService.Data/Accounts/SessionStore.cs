using System.Security.Cryptography;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>A session as its owner sees it; the last use to the minute.</summary>
public sealed record Session(DateTime CreatedAt, DateTime SeenAt);

/// <summary>Sessions of browsers. Ending one, or disabling its account, takes effect with the next request.</summary>
public sealed class SessionStore(NpgsqlDataSource database, DatabaseWatch watch, TimeProvider time)
{
    /// <summary>A session that nobody uses for this long is over.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>A session is over after this time, used or not.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private static readonly TimeSpan SeenStep = TimeSpan.FromMinutes(1);

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>
    /// Starts a session and gives its token; deletes expired ones. Null where the account was disabled, or has another security stamp than
    /// it had when it was checked.
    /// </summary>
    public async Task<byte[]?> StartAsync(Guid account, string stamp, CancellationToken cancellationToken)
    {
        var token = RandomNumberGenerator.GetBytes(32);
        var now = Now;
        // The row of the account is locked: a new stamp waits for this session, and then ends it, or comes first.
        var started = await RunAsync(
            """
            insert into sessions (token_hash, account_id, created_at, seen_at)
              select @hash, id, @now, @now from accounts where id = @account and security_stamp = @stamp and disabled_at is null for share
            """, new { hash = SHA256.HashData(token), account, stamp, now }, cancellationToken);
        await RunAsync(
            "delete from sessions where created_at < @oldest or seen_at < @idle", new { oldest = now - Longest, idle = now - Idle },
            cancellationToken);
        return started == 1 ? token : null;
    }

    /// <summary>The sessions of an account, the last used first.</summary>
    public Task<List<Session>> ListAsync(Guid account, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        database.QueryAsync<Session>(
            """
            select created_at, seen_at from sessions where account_id = @account and created_at > @oldest and seen_at > @idle
            order by seen_at desc
            """, new { account, oldest = Now - Longest, idle = Now - Idle }, cancellationToken));

    /// <summary>Who the session belongs to; null when it is over.</summary>
    public Task<Caller?> FindAsync(byte[] token, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        var (hash, now) = (SHA256.HashData(token), Now);
        var found = await database.QueryAsync<Row>(
            """
            select a.id, a.name, a.role, a.security_stamp, s.seen_at, a.password_temporary,
              a.password_hash is not null and a.totp_secret is null as password_alone
            from sessions s join accounts a on a.id = s.account_id
            where s.token_hash = @hash and s.created_at > @oldest and s.seen_at > @idle and a.disabled_at is null
            """, new { hash, oldest = now - Longest, idle = now - Idle }, cancellationToken);
        if (found is not [var session]) return null;
        if (now - session.SeenAt >= SeenStep)
            await database.ExecuteAsync(
                "update sessions set seen_at = @now where token_hash = @hash", new { hash, now }, cancellationToken);
        return new Caller(session.Id, session.Name, session.Role)
        {
            Stamp = session.SecurityStamp,
            PasswordTemporary = session.PasswordTemporary,
            PasswordAlone = session.PasswordAlone,
        };
    });

    public Task EndAsync(byte[] token, CancellationToken cancellationToken) =>
        RunAsync("delete from sessions where token_hash = @hash", new { hash = SHA256.HashData(token) }, cancellationToken);

    private Task<int> RunAsync(string sql, object values, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => database.ExecuteAsync(sql, values, cancellationToken));

    private sealed record Row(
        Guid Id, string Name, Role Role, string SecurityStamp, DateTime SeenAt, bool PasswordTemporary, bool PasswordAlone);
}
