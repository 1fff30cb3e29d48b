using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>Accounts. Each change names who made it.</summary>
public sealed class AccountStore(NpgsqlDataSource database, DatabaseWatch watch, AuditedChanges changes, TimeProvider time)
{
    // At least one admin must remain to undo mistakes.
    private const string NotTheLastAdmin =
        """
        (role <> 'admin' or exists (
          select from accounts other where other.id <> @id and other.role = 'admin' and other.disabled_at is null for update))
        """;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Null for unknown and for disabled accounts.</summary>
    public Task<Credentials?> FindAsync(string name, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
        (await database.QueryAsync<Credentials>(
            """
            select id, name, role, password_hash, totp_secret, cardinality(recovery_codes) as recovery_codes
            from accounts where name = @name and disabled_at is null
            """, new { name }, cancellationToken)).SingleOrDefault());

    public Task<List<Account>> ListAsync(CancellationToken cancellationToken) => watch.WaitAsync(() => database.QueryAsync<Account>(
        """
        select id, name, role, created_at, disabled_at is not null as disabled, totp_secret is not null as second_factor
        from accounts order by name collate people
        """, null, cancellationToken));

    /// <summary>False where the name is taken.</summary>
    public Task<bool> AddAsync(string who, string name, Role role, string password, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        return changes.RunAsync(new(who, "account.added", id.ToString(), $"{name}, {role.Text()}"),
            """
            insert into accounts (id, name, role, password_hash, created_at) values (@id, @name, @role, @hash, @Now)
            on conflict do nothing returning id
            """, new { id, name, role = role.Text(), hash = Passwords.Hash(password), Now }, cancellationToken);
    }

    /// <summary>Adds the first admin; false where there is an admin already.</summary>
    public async Task<bool> AddFirstAdminAsync(string password, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).TrueForAll(account => account.Role != Role.Admin)
        && await AddAsync("worker", "admin", Role.Admin, password, cancellationToken);

    /// <summary>Takes effect with the next request of the account and of its keys. False for the last admin.</summary>
    public Task<bool> SetRoleAsync(string who, Guid id, Role role, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.role", id.ToString(), role.Text()),
            $"update accounts set role = @role where id = @id and (@role = 'admin' or {NotTheLastAdmin}) returning id",
            new { id, role = role.Text() }, cancellationToken);

    /// <summary>Ends all sessions; keys are refused from now on. False for the last admin.</summary>
    public Task<bool> DisableAsync(string who, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.disabled", id.ToString()),
            $"""
            with changed as (
              update accounts set disabled_at = @Now where id = @id and disabled_at is null and {NotTheLastAdmin} returning id),
            ended as (delete from sessions using changed where account_id = changed.id)
            select id from changed
            """, new { id, Now }, cancellationToken);

    public Task<bool> EnableAsync(string who, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.enabled", id.ToString()),
            "update accounts set disabled_at = null where id = @id and disabled_at is not null returning id", new { id },
            cancellationToken);

    /// <summary>Ends all sessions.</summary>
    public Task<bool> SetPasswordAsync(string who, Guid id, string password, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.password", id.ToString()),
            """
            with changed as (update accounts set password_hash = @hash where id = @id returning id),
            ended as (delete from sessions using changed where account_id = changed.id)
            select id from changed
            """, new { id, hash = Passwords.Hash(password) }, cancellationToken);

    /// <summary>
    /// Keeps the secret of the second factor, encrypted by the caller, and the hashes of its recovery codes. False where it is on already.
    /// </summary>
    public Task<bool> TurnOnSecondFactorAsync(
        string who, Guid id, byte[] secret, string[] recoveryCodes, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.second_factor_on", id.ToString()),
            "update accounts set totp_secret = @secret, recovery_codes = @hashes where id = @id and totp_secret is null returning id",
            new { id, secret, hashes = recoveryCodes.Select(RecoveryCodes.Hash).ToArray() }, cancellationToken);

    public Task<bool> TurnOffSecondFactorAsync(string who, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.second_factor_off", id.ToString()),
            "update accounts set totp_secret = null, recovery_codes = '{}' where id = @id and totp_secret is not null returning id",
            new { id }, cancellationToken);

    /// <summary>Marks the code of a time step as used; false where it or a later one was used before.</summary>
    public Task<bool> UseCodeAsync(Guid id, long step, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
        await database.ExecuteAsync(
            "update accounts set totp_step = @step where id = @id and totp_step < @step", new { id, step }, cancellationToken) == 1);

    /// <summary>Marks a recovery code as used; false where it does not belong to the account, or was used before.</summary>
    public Task<bool> UseRecoveryCodeAsync(Credentials account, string? code, CancellationToken cancellationToken) =>
        changes.RunAsync(new(account.Name, "account.recovery_code_used", account.Id.ToString()),
            """
            update accounts set recovery_codes = array_remove(recovery_codes, @hash)
            where id = @Id and @hash = any(recovery_codes) returning id
            """, new { account.Id, hash = RecoveryCodes.Hash(code) }, cancellationToken);
}
