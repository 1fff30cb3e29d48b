using LittleService.Data.Audit;
using LittleService.Jobs;
using Microsoft.AspNetCore.Identity;
using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>
/// The store of ASP.NET Core Identity over the table of accounts. A change is saved whole, with its audit entries, where the row is still
/// the one that was read; a changed security stamp ends all sessions. See docs/decisions/0012-identity-with-own-store.md.
/// </summary>
public sealed partial class AccountStore(
    NpgsqlDataSource database, DatabaseWatch watch, JobClient jobs, AuthenticatorSecrets secrets, IdentityErrorDescriber errors)
{
    private const string Columns =
        """
        id, name, role, created_at, disabled_at, password_hash, password_temporary, security_stamp, totp_secret, totp_step,
          recovery_codes, login_provider, provider_key, xmin::text as version
        """;

    public Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParse(userId, out var id) ? FindAsync("id = @id", new { id }, cancellationToken) : Task.FromResult<Account?>(null);

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        AccountName.Read(normalizedUserName) is { } name
            ? FindAsync("name = @name", new { name }, cancellationToken) : Task.FromResult<Account?>(null);

    public Task<Account?> FindByLoginAsync(string loginProvider, string providerKey, CancellationToken cancellationToken) =>
        FindAsync("login_provider = @loginProvider and provider_key = @providerKey", new { loginProvider, providerKey }, cancellationToken);

    public Task<List<Account>> ListAsync(CancellationToken cancellationToken) => watch.WaitAsync(() =>
        database.QueryAsync<Account>($"select {Columns} from accounts order by name collate people", null, cancellationToken));

    /// <summary>Fails where the name is taken.</summary>
    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => ChangeAsync(async transaction =>
    {
        var added = await transaction.QueryAsync<string>(
            """
            insert into accounts (id, name, role, created_at, password_hash, password_temporary, security_stamp, login_provider,
                provider_key)
              values (@Id, @Name, @role, @CreatedAt, @PasswordHash, @PasswordTemporary, @SecurityStamp, @LoginProvider, @ProviderKey)
            on conflict do nothing returning xmin::text
            """, ValuesOf(user), cancellationToken);
        if (added is not [var version]) return IdentityResult.Failed(errors.DuplicateUserName(user.Name));
        AuditLog.Add(transaction, new(WhoChanges(user), "account.added", user.Id.ToString(), $"{user.Name}, {user.Role.Text()}"));
        user.Keep(version);
        return IdentityResult.Success;
    }, cancellationToken);

    /// <summary>Fails where the row was changed since it was read, and where no active admin would be left.</summary>
    public Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken) =>
        ChangeAsync(transaction => SaveAsync(transaction, user, cancellationToken), cancellationToken);

    /// <summary>
    /// Saves a new password, which the account has by then, and ends everything that could act for it: sessions, API keys, passkeys and
    /// the second factor.
    /// </summary>
    public Task<IdentityResult> ResetAsync(Account user, CancellationToken cancellationToken) => ChangeAsync(async transaction =>
    {
        user.SecurityStamp = Guid.NewGuid().ToString();
        (user.TotpSecret, user.RecoveryCodes) = (null, []);
        var saved = await SaveAsync(transaction, user, cancellationToken);
        if (!saved.Succeeded) return saved;
        AuditLog.Add(transaction, new(WhoChanges(user), "account.reset", user.Id.ToString()));
        await transaction.ExecuteAsync(
            "delete from api_keys where account_id = @Id; delete from passkeys where account_id = @Id", new { user.Id }, cancellationToken);
        return saved;
    }, cancellationToken);

    /// <summary>Accounts are disabled instead: the audit names them.</summary>
    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private Task<Account?> FindAsync(string condition, object values, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        var found = await database.QueryAsync<Account>($"select {Columns} from accounts where {condition}", values, cancellationToken);
        found.ForEach(static account => account.Keep(version: null));
        return found.SingleOrDefault();
    });

    private Task<IdentityResult> ChangeAsync(Func<JobTransaction, Task<IdentityResult>> change, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var changed = await change(transaction);
        if (changed.Succeeded) await transaction.CommitAsync(cancellationToken);
        return changed;
    });
}
