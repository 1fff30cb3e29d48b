using Npgsql;

namespace LittleService.Data.Accounts;

/// <summary>Accounts. Each change names who made it.</summary>
public sealed class AccountStore(NpgsqlDataSource database, DatabaseWatch watch, AuditedChanges changes, TimeProvider time)
{
    // Somebody must be left who can undo it.
    private const string NotTheLastAdmin =
        """
        (role <> 'admin' or exists (
          select from accounts other where other.id <> $1 and other.role = 'admin' and other.disabled_at is null for update))
        """;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Null for unknown and for disabled accounts.</summary>
    public Task<Credentials?> FindAsync(string name, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand(
            """
            select id, role, password_hash, totp_secret, cardinality(recovery_codes)
            from accounts where name = $1 and disabled_at is null
            """);
        command.Parameters.Add(new() { Value = name });
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        return await row.ReadAsync(cancellationToken)
            ? new Credentials(row.GetGuid(0), name, Roles.Parse(row.GetString(1)), row.GetString(2),
                row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3), row.GetInt32(4))
            : null;
    });

    public Task<List<Account>> ListAsync(CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand(
            """
            select id, name, role, created_at, disabled_at is not null, totp_secret is not null
            from accounts order by name collate people
            """);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<Account>();
        while (await row.ReadAsync(cancellationToken))
            accounts.Add(
                new(row.GetGuid(0), row.GetString(1), Roles.Parse(row.GetString(2)), row.GetDateTime(3), row.GetBoolean(4),
                    row.GetBoolean(5)));
        return accounts;
    });

    /// <summary>False where the name is taken.</summary>
    public Task<bool> AddAsync(string who, string name, Role role, string password, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        return changes.RunAsync(new(who, "account.added", id.ToString(), $"{name}, {role.Text()}"),
            """
            insert into accounts (id, name, role, password_hash, created_at) values ($1, $2, $3, $4, $5)
            on conflict do nothing returning id
            """, cancellationToken,
            id, name, role.Text(), Passwords.Hash(password), Now);
    }

    /// <summary>Adds the first admin; false where there is an admin already.</summary>
    public async Task<bool> AddFirstAdminAsync(string password, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken)).TrueForAll(account => account.Role != Role.Admin)
        && await AddAsync("worker", "admin", Role.Admin, password, cancellationToken);

    /// <summary>Takes effect with the next request of the account and of its keys. False for the last admin.</summary>
    public Task<bool> SetRoleAsync(string who, Guid id, Role role, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.role", id.ToString(), role.Text()),
            $"update accounts set role = $2 where id = $1 and ($2 = 'admin' or {NotTheLastAdmin}) returning id", cancellationToken, id,
            role.Text());

    /// <summary>Ends all sessions; keys are refused from now on. False for the last admin.</summary>
    public Task<bool> DisableAsync(string who, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.disabled", id.ToString()),
            $"""
            with changed as (update accounts set disabled_at = $2 where id = $1 and disabled_at is null and {NotTheLastAdmin} returning id),
            ended as (delete from sessions using changed where account_id = changed.id)
            select id from changed
            """, cancellationToken, id, Now);

    public Task<bool> EnableAsync(string who, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.enabled", id.ToString()),
            "update accounts set disabled_at = null where id = $1 and disabled_at is not null returning id", cancellationToken, id);

    /// <summary>Ends all sessions.</summary>
    public Task<bool> SetPasswordAsync(string who, Guid id, string password, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.password", id.ToString()),
            """
            with changed as (update accounts set password_hash = $2 where id = $1 returning id),
            ended as (delete from sessions using changed where account_id = changed.id)
            select id from changed
            """, cancellationToken, id, Passwords.Hash(password));

    /// <summary>
    /// Keeps the secret of the second factor, encrypted by the caller, and the hashes of its recovery codes. False where it is on already.
    /// </summary>
    public Task<bool> TurnOnSecondFactorAsync(
        string who, Guid id, byte[] secret, string[] recoveryCodes, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.second_factor_on", id.ToString()),
            "update accounts set totp_secret = $2, recovery_codes = $3 where id = $1 and totp_secret is null returning id",
            cancellationToken,
            id, secret, recoveryCodes.Select(RecoveryCodes.Hash).ToArray());

    public Task<bool> TurnOffSecondFactorAsync(string who, Guid id, CancellationToken cancellationToken) =>
        changes.RunAsync(new(who, "account.second_factor_off", id.ToString()),
            "update accounts set totp_secret = null, recovery_codes = '{}' where id = $1 and totp_secret is not null returning id",
            cancellationToken, id);

    /// <summary>Uses the code of a time step up; false where it or a later one was used before.</summary>
    public Task<bool> UseCodeAsync(Guid id, long step, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand("update accounts set totp_step = $2 where id = $1 and totp_step < $2");
        command.Parameters.Add(new() { Value = id });
        command.Parameters.Add(new() { Value = step });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    });

    /// <summary>Uses a recovery code up; false where it does not belong to the account, or was used before.</summary>
    public Task<bool> UseRecoveryCodeAsync(Credentials account, string? code, CancellationToken cancellationToken) =>
        changes.RunAsync(new(account.Name, "account.recovery_code_used", account.Id.ToString()),
            """
            update accounts set recovery_codes = array_remove(recovery_codes, $2)
            where id = $1 and $2 = any(recovery_codes) returning id
            """, cancellationToken,
            account.Id, RecoveryCodes.Hash(code));
}
