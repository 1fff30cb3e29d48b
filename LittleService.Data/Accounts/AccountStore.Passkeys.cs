using LittleService.Data.Audit;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Data.Accounts;

public sealed partial class AccountStore : IUserPasskeyStore<Account>
{
    private const string PasskeyColumns =
        """
        credential_id, public_key, created_at, sign_count, transports, user_verified, backup_eligible, backed_up, attestation_object,
          client_data_json, name
        """;

    // What WebAuthn knows; a device may say anything.
    private static readonly string[] Transports = ["usb", "nfc", "ble", "smart-card", "hybrid", "internal"];

    /// <summary>
    /// Adds a passkey, or notes the use of one; nothing where the account was changed since it was read, which then fails to be saved too:
    /// a reset or a removal under way must not be undone.
    /// </summary>
    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => ChangeAsync(
        async transaction =>
    {
        var unchanged = await transaction.QueryAsync<Guid>(
            "select id from accounts where id = @Id and xmin::text = @Version for update", new { user.Id, user.Version },
            cancellationToken);
        if (unchanged.Count == 0) return IdentityResult.Failed(errors.ConcurrencyFailure());
        // xmax is 0 in a row that was added.
        var added = await transaction.QueryAsync<bool>(
            $"""
            insert into passkeys as p ({PasskeyColumns}, account_id)
              values (@CredentialId, @PublicKey, @CreatedAt, @SignCount, @Transports, @IsUserVerified, @IsBackupEligible, @IsBackedUp,
                @AttestationObject, @ClientDataJson, @Name, @Id)
            on conflict (credential_id) do update set sign_count = excluded.sign_count, backed_up = excluded.backed_up, name = excluded.name
              where p.account_id = excluded.account_id
            returning xmax = 0
            """, ValuesOf(user, passkey), cancellationToken);
        if (added is not [var isNew]) throw new InvalidOperationException("The passkey belongs to another account.");
        if (isNew) AuditLog.Add(transaction, new(WhoChanges(user), "account.passkey_added", user.Id.ToString(), passkey.Name));
        return IdentityResult.Success;
    }, cancellationToken);

    public Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        watch.WaitAsync<IList<UserPasskeyInfo>>(async () =>
            [.. (await FindPasskeysAsync("account_id = @Id order by created_at", new { user.Id }, cancellationToken)).Select(InfoOf)]);

    public Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        FindAsync("id = (select account_id from passkeys where credential_id = @credentialId)", new { credentialId }, cancellationToken);

    public Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
        {
            var values = new { user.Id, credentialId };
            var found = await FindPasskeysAsync("account_id = @Id and credential_id = @credentialId", values, cancellationToken);
            return found.Select(InfoOf).SingleOrDefault();
        });

    /// <summary>Removes a passkey and ends all sessions, or neither, where the account was changed since it was read.</summary>
    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => ChangeAsync(
        async transaction =>
    {
        user.SecurityStamp = Guid.NewGuid().ToString();
        var saved = await SaveAsync(transaction, user, cancellationToken);
        if (!saved.Succeeded) return saved;
        var removed = await transaction.QueryAsync<string>(
            "delete from passkeys where account_id = @Id and credential_id = @credentialId returning name", new { user.Id, credentialId },
            cancellationToken);
        foreach (var name in removed)
            AuditLog.Add(transaction, new(WhoChanges(user), "account.passkey_removed", user.Id.ToString(), name));
        return IdentityResult.Success;
    }, cancellationToken);

    private Task<List<Passkey>> FindPasskeysAsync(string condition, object values, CancellationToken cancellationToken) =>
        database.QueryAsync<Passkey>($"select {PasskeyColumns} from passkeys where {condition}", values, cancellationToken);

    private static object ValuesOf(Account account, UserPasskeyInfo passkey) => new
    {
        account.Id,
        passkey.CredentialId,
        passkey.PublicKey,
        CreatedAt = passkey.CreatedAt.UtcDateTime,
        SignCount = (long)passkey.SignCount,
        Transports = (passkey.Transports ?? []).Intersect(Transports).ToArray(),
        passkey.IsUserVerified,
        passkey.IsBackupEligible,
        passkey.IsBackedUp,
        passkey.AttestationObject,
        passkey.ClientDataJson,
        Name = passkey.Name ?? "Passkey",
    };

    private static UserPasskeyInfo InfoOf(Passkey row) => new(
        row.CredentialId, row.PublicKey, row.CreatedAt, (uint)row.SignCount, row.Transports, row.UserVerified, row.BackupEligible,
        row.BackedUp, row.AttestationObject, row.ClientDataJson)
    { Name = row.Name };

    private sealed class Passkey
    {
        public byte[] CredentialId { get; init; } = [];

        public byte[] PublicKey { get; init; } = [];

        public DateTime CreatedAt { get; init; }

        public long SignCount { get; init; }

        public string[] Transports { get; init; } = [];

        public bool UserVerified { get; init; }

        public bool BackupEligible { get; init; }

        public bool BackedUp { get; init; }

        public byte[] AttestationObject { get; init; } = [];

        public byte[] ClientDataJson { get; init; } = [];

        public string Name { get; init; } = "";
    }
}
