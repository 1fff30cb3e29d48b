using System.Security.Claims;
using System.Security.Cryptography;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>
/// The accounts of the identity provider. They are found by its issuer and subject, never by a name or a mail address, which others may
/// hold there or here.
/// </summary>
public sealed class ProviderAccounts(SignInManager<Account> signIn, ProviderOptions provider, TimeProvider time)
{
    private const string ChangedBy = "provider";

    private readonly UserManager<Account> _users = signIn.UserManager;

    /// <summary>
    /// The account of this user with the role that the provider gives it now, added where it is new. Null, and why, where it may not sign
    /// in.
    /// </summary>
    public async Task<(Account? Account, string? Failure)> GetAsync(ClaimsPrincipal user)
    {
        if (user.FindFirst("sub") is not { Value.Length: > 0 } subject) return (null, ProviderSignIn.Refused);
        var account = await _users.FindByLoginAsync(subject.Issuer, subject.Value);
        if (account is not null && !await signIn.CanSignInAsync(account)) return (null, ProviderSignIn.Refused);
        if (provider.RoleOf(user.FindAll(provider.RoleClaim).Select(static claim => claim.Value)) is not { } role)
        {
            if (account is not null) await TakeRoleAsync(account);
            return (null, ProviderSignIn.NoRole);
        }

        if (account is null) return await AddAsync(user, subject, role) is { } added ? (added, null) : (null, ProviderSignIn.Refused);
        return await SetRoleAsync(account, role) is { } failure ? (null, failure) : (account, null);
    }

    private async Task<string?> SetRoleAsync(Account account, Role role)
    {
        if (account.Role == role) return null;
        (account.Role, account.ChangedBy) = (role, ChangedBy);
        var saved = await _users.UpdateAsync(account);
        if (saved.Succeeded) return null;
        return saved.Errors.Any(static error => error.Code == AccountStore.LastAdmin) ? ProviderSignIn.LastAdmin : ProviderSignIn.Refused;
    }

    // Who has no role at the provider any more: sessions end, and API keys may do the least.
    private async Task TakeRoleAsync(Account account)
    {
        (account.Role, account.ChangedBy) = (Role.Reader, ChangedBy);
        if ((await _users.UpdateSecurityStampAsync(account)).Succeeded) return;
        // The last admin stays one; the sessions end all the same.
        if (await _users.FindByIdAsync(account.Id.ToString()) is { } admin) await _users.UpdateSecurityStampAsync(admin);
    }

    private async Task<Account?> AddAsync(ClaimsPrincipal user, Claim subject, Role role)
    {
        var name = NameOf(user);
        for (var number = 1; number <= 10; number++)
        {
            var account = new Account
            {
                Name = NumberedName(name, number),
                Role = role,
                CreatedAt = time.GetUtcNow().UtcDateTime,
                LoginProvider = subject.Issuer,
                ProviderKey = subject.Value,
                ChangedBy = ChangedBy,
            };
            if ((await _users.CreateAsync(account)).Succeeded) return account;
            // Another request of the same user came first.
            if (await _users.FindByLoginAsync(subject.Issuer, subject.Value) is { } other) return other;
        }

        return null;
    }

    // Names that many have: after a few numbers one by chance, so that nobody is kept out.
    private static string NumberedName(string name, int number) => number switch
    {
        1 => name,
        < 6 => $"{name}-{number}",
        _ => $"{name}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}",
    };

    // The first that holds letters or digits which a name may have.
    private static string NameOf(ClaimsPrincipal user)
    {
        string[] claims = ["preferred_username", "email", "name"];
        return claims.Select(claim => ReadName(user.FindFirstValue(claim) ?? "")).FirstOrDefault(static name => name is not null) ?? "user";
    }

    private static string? ReadName(string given)
    {
        var name = string.Concat(given.ToLowerInvariant().Take(55)
            .Select(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '@' ? letter : '-'));
        return AccountName.Read(name.TrimStart('.', '_', '@', '-'));
    }
}
