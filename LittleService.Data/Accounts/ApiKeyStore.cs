using Npgsql;

namespace LittleService.Data.Accounts;

public sealed class ApiKeyStore(
    NpgsqlDataSource database, DatabaseWatch watch, AuditedChanges changes, ApiKeyLookups lookups, TimeProvider time)
{
    private static readonly DateTime Never = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);

    /// <summary>
    /// The caller with this key; null when it is unknown, expired, revoked, or its owner disabled. Reads the database each time, so changes
    /// take effect at once.
    /// </summary>
    public Task<Caller?> FindAsync(string text, CancellationToken cancellationToken) =>
        ApiKeyText.Read(text) is { } key
            ? watch.WaitAsync(() => lookups.FindAsync(key, cancellationToken)) : Task.FromResult<Caller?>(null);

    public Task<List<ApiKey>> ListAsync(Guid account, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        database.QueryAsync<ApiKey>(
            """
            select id, name, role, created_at, expires_at, used_at from api_keys where account_id = @account order by created_at desc
            """, new { account }, cancellationToken));

    /// <summary>
    /// Creates a key; its text is shown this once. A key created with a key gets neither a higher role nor a longer lifetime. Null where
    /// the account was disabled, or has another security stamp than it had when the request was let in.
    /// </summary>
    public async Task<ApiKeyText?> AddAsync(Caller owner, string name, Role role, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        var (key, now) = (ApiKeyText.Create(), time.GetUtcNow().UtcDateTime);
        role = (Role)Math.Min((int)role, (int)owner.Role);
        var (end, latest) = (now + lifetime, owner.KeyExpires ?? Never);
        var values = new { key.Id, owner.AccountId, owner.Stamp, name, role = role.Text(), key.Hash, now, end, latest };
        // The row of the account is locked: a reset waits for this key, and then ends it, or comes first.
        var added = await changes.RunAsync(new(owner.Name, "key.added", key.Id, role.Text()),
            """
            with owner as (
              select id from accounts where id = @AccountId and security_stamp = @Stamp and disabled_at is null for share
            )
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
              select @Id, owner.id, @name, @role, @Hash, @now, least(@end, @latest) from owner returning id
            """, values, cancellationToken);
        return added ? key : null;
    }

    /// <summary>
    /// Replaces the secret of a key and restarts its lifetime (with a key: within its own lifetime); the old secret is invalid at once.
    /// Null where the caller has no such key.
    /// </summary>
    public async Task<ApiKeyText?> RotateAsync(Caller owner, string id, CancellationToken cancellationToken)
    {
        var (key, now) = (ApiKeyText.Renew(id), time.GetUtcNow().UtcDateTime);
        var rotated = await changes.RunAsync(new(owner.Name, "key.rotated", id),
            """
            update api_keys set secret_hash = @Hash, created_at = @now, expires_at = least(@now + (expires_at - created_at), @latest),
              used_at = null
            where id = @id and account_id = @AccountId and role = any(@roles) returning id
            """, new { owner.AccountId, id, key.Hash, now, latest = owner.KeyExpires ?? Never, roles = RolesOf(owner) }, cancellationToken);
        return rotated ? key : null;
    }

    /// <summary>Ends a key at once; false where the caller has no such key.</summary>
    public Task<bool> RevokeAsync(Caller owner, string id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(owner.Name, "key.revoked", id),
            "delete from api_keys where id = @id and account_id = @AccountId returning id", new { owner.AccountId, id }, cancellationToken);

    private static string[] RolesOf(Caller caller) => [.. Enum.GetValues<Role>().Where(role => role <= caller.Role).Select(Roles.Text)];
}
