using LittleService.Data.Audit;
using LittleService.Jobs;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Data.Accounts;

public sealed partial class AccountStore
{
    /// <summary>The code of the error where no active admin would be left.</summary>
    public const string LastAdmin = "LastAdmin";

    private async Task<IdentityResult> SaveAsync(JobTransaction transaction, Account account, CancellationToken cancellationToken)
    {
        var before = account.Before ?? throw new InvalidOperationException("The account was not read from this store.");
        if (IsActiveAdmin(before) && !IsActiveAdmin(account) && await IsLastAdminAsync(transaction, account, cancellationToken))
            return IdentityResult.Failed(new IdentityError { Code = LastAdmin, Description = "The last admin stays one." });
        var saved = await transaction.QueryAsync<string>(
            """
            update accounts set name = @Name, role = @role, disabled_at = @DisabledAt, password_hash = @PasswordHash,
              password_temporary = @PasswordTemporary, security_stamp = @SecurityStamp, totp_secret = @TotpSecret, totp_step = @TotpStep,
              recovery_codes = @RecoveryCodes,
              login_provider = @LoginProvider, provider_key = @ProviderKey
            where id = @Id and xmin::text = @Version returning xmin::text
            """, ValuesOf(account), cancellationToken);
        if (saved is not [var version]) return IdentityResult.Failed(errors.ConcurrencyFailure());
        // After the update, which waits for a session that is being started with the old stamp.
        if (account.SecurityStamp != before.SecurityStamp || account.Disabled)
            await transaction.ExecuteAsync("delete from sessions where account_id = @Id", new { account.Id }, cancellationToken);
        foreach (var (what, details) in Changes(before, account))
            AuditLog.Add(transaction, new(WhoChanges(account), what, account.Id.ToString(), details));
        account.Keep(version);
        return IdentityResult.Success;
    }

    private static bool IsActiveAdmin(Account account) => account is { Role: Role.Admin, Disabled: false };

    // Locks all of them in one order, so that two admins cannot demote each other at once.
    private static async Task<bool> IsLastAdminAsync(JobTransaction transaction, Account account, CancellationToken cancellationToken) =>
        (await transaction.QueryAsync<Guid>(
            "select id from accounts where role = 'admin' and disabled_at is null order by id for update", null, cancellationToken))
        .TrueForAll(id => id == account.Id);

    private static IEnumerable<(string What, string? Details)> Changes(Account before, Account now)
    {
        if (now.Role != before.Role) yield return ("account.role", now.Role.Text());
        if (now.Disabled != before.Disabled) yield return (now.Disabled ? "account.disabled" : "account.enabled", null);
        if (now.PasswordHash != before.PasswordHash) yield return ("account.password", null);
        if (now.SecondFactor != before.SecondFactor)
            yield return (now.SecondFactor ? "account.second_factor_on" : "account.second_factor_off", null);
        else if (!now.RecoveryCodes.All(code => Has(before.RecoveryCodes, code))) yield return ("account.recovery_codes_renewed", null);
        else if (now.RecoveryCodes.Length < before.RecoveryCodes.Length) yield return ("account.recovery_code_used", null);
    }

    private static bool Has(byte[][] codes, byte[] code) => codes.Any(known => known.AsSpan().SequenceEqual(code));

    private static string WhoChanges(Account account) => account.ChangedBy ?? account.Name;

    private static object ValuesOf(Account account) => new
    {
        account.Id,
        account.Name,
        role = account.Role.Text(),
        account.CreatedAt,
        account.DisabledAt,
        account.PasswordHash,
        account.PasswordTemporary,
        account.SecurityStamp,
        account.TotpSecret,
        account.TotpStep,
        account.RecoveryCodes,
        account.LoginProvider,
        account.ProviderKey,
        account.Version,
    };
}
