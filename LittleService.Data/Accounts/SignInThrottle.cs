using System.Net;
using System.Security.Cryptography;
using System.Text;
using LittleService.Data.RateLimits;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>
/// Slows down password guessing. An attempt takes a token from three buckets: the account at this address, the address, the account.
/// Buckets refill with time, so nobody is locked out for good, and the bucket of one address for an account is empty long before the
/// account's own. They are stored in Postgres, which a sign-in needs anyway: they hold across replicas, and flushing Redis does not reset
/// them.
/// </summary>
public sealed class SignInThrottle(NpgsqlDataSource database, DatabaseWatch watch, TimeProvider time)
{
    private sealed record Limit(byte[] Subject, int Tokens, TimeSpan Refill);

    /// <summary>Takes a token from each bucket. Null, or how long to wait for one.</summary>
    public async Task<TimeSpan?> TakeAsync(string account, IPAddress? address, CancellationToken cancellationToken)
    {
        foreach (var limit in Limits(account, address))
        {
            if (await watch.WaitAsync(() => TakeAsync(limit, cancellationToken)) is { } wait) return wait;
        }

        return null;
    }

    /// <summary>Returns the tokens after a successful sign-in.</summary>
    public async Task GiveBackAsync(string account, IPAddress? address, CancellationToken cancellationToken)
    {
        foreach (var limit in Limits(account, address)) await GiveBackAsync(limit, cancellationToken);
    }

    /// <summary>
    /// Takes a token for a code of the second factor. Null, or how long to wait for one. Asked only after the password, so who empties this
    /// bucket knows it already: it refills slowly, since a code is short, and wherever the guesses come from.
    /// </summary>
    public Task<TimeSpan?> TakeCodeAsync(Guid account, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => TakeAsync(CodesOf(account), cancellationToken));

    /// <summary>Returns the token after a code that was right.</summary>
    public Task GiveBackCodeAsync(Guid account, CancellationToken cancellationToken) => GiveBackAsync(CodesOf(account), cancellationToken);

    private Task<int> GiveBackAsync(Limit limit, CancellationToken cancellationToken) => watch.WaitAsync(() => database.ExecuteAsync(
        "update login_attempts set free_at = free_at - @Refill where subject = @Subject", limit, cancellationToken));

    private async Task<TimeSpan?> TakeAsync(Limit limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        // A refused attempt takes no token: otherwise a stranger who keeps trying would lock the owner out.
        var full = now + (limit.Tokens * limit.Refill);
        var taken = (await database.QueryAsync<(bool Refused, DateTime FreeAt)>(
            """
            insert into login_attempts as a values (@Subject, @now + @Refill, false) on conflict (subject) do update set
              refused = greatest(a.free_at, @now) + @Refill > @full,
              free_at = case when greatest(a.free_at, @now) + @Refill > @full then a.free_at else greatest(a.free_at, @now) + @Refill end
            returning refused, free_at
            """, new { limit.Subject, limit.Refill, now, full }, cancellationToken)).Single();
        return taken.Refused ? taken.FreeAt + limit.Refill - full : null;
    }

    private static Limit[] Limits(string account, IPAddress? address)
    {
        var net = ClientNetwork.Of(address);
        return
        [
            new(Subject($"both|{net}|{account}"), 5, TimeSpan.FromSeconds(30)),
            new(Subject($"address|{net}"), 50, TimeSpan.FromSeconds(5)),
            new(Subject($"account|{account}"), 100, TimeSpan.FromSeconds(10)),
        ];
    }

    private static Limit CodesOf(Guid account) => new(Subject($"code|{account}"), 10, TimeSpan.FromMinutes(15));

    private static byte[] Subject(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
