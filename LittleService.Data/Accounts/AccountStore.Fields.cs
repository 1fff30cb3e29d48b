using Microsoft.AspNetCore.Identity;

namespace LittleService.Data.Accounts;

/// <summary>Identity reads and sets fields of an account through its store; <see cref="UpdateAsync"/> saves them.</summary>
public sealed partial class AccountStore
    : IUserPasswordStore<Account>, IUserSecurityStampStore<Account>, IUserTwoFactorStore<Account>, IUserAuthenticatorKeyStore<Account>,
        IUserTwoFactorRecoveryCodeStore<Account>, IUserLoginStore<Account>
{
    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.Name);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) =>
        Done(user.Name = userName ?? "");

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        GetUserNameAsync(user, cancellationToken);

    // A name is its own normalized form.
    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.PasswordHash);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken) =>
        Done(user.PasswordHash = passwordHash);

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.HasPassword);

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(user.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken) => Done(user.SecurityStamp = stamp);

    public Task<bool> GetTwoFactorEnabledAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.SecondFactor);

    /// <summary>The second factor is on while there is an authenticator key.</summary>
    public Task SetTwoFactorEnabledAsync(Account user, bool enabled, CancellationToken cancellationToken)
    {
        if (!enabled) (user.TotpSecret, user.RecoveryCodes) = (null, []);
        return Task.CompletedTask;
    }

    public Task<string?> GetAuthenticatorKeyAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.TotpSecret is { } secret ? secrets.Read(secret) : null);

    public Task SetAuthenticatorKeyAsync(Account user, string key, CancellationToken cancellationToken) =>
        Done(user.TotpSecret = secrets.Protect(key));

    public Task ReplaceCodesAsync(Account user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        Done(user.RecoveryCodes = [.. recoveryCodes.Select(RecoveryCodes.Hash)]);

    /// <summary>Takes the code out of the account. Of two requests with the same code, one fails to save that.</summary>
    public Task<bool> RedeemCodeAsync(Account user, string code, CancellationToken cancellationToken)
    {
        var (hash, count) = (RecoveryCodes.Hash(code), user.RecoveryCodes.Length);
        user.RecoveryCodes = [.. user.RecoveryCodes.Where(known => !known.AsSpan().SequenceEqual(hash))];
        return Task.FromResult(user.RecoveryCodes.Length < count);
    }

    public Task<int> CountCodesAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.RecoveryCodes.Length);

    /// <summary>An account signs in with one provider at most.</summary>
    public Task AddLoginAsync(Account user, UserLoginInfo login, CancellationToken cancellationToken) =>
        Done((user.LoginProvider, user.ProviderKey) = (login.LoginProvider, login.ProviderKey));

    public Task RemoveLoginAsync(Account user, string loginProvider, string providerKey, CancellationToken cancellationToken)
    {
        if ((user.LoginProvider, user.ProviderKey) == (loginProvider, providerKey)) (user.LoginProvider, user.ProviderKey) = (null, null);
        return Task.CompletedTask;
    }

    public Task<IList<UserLoginInfo>> GetLoginsAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<UserLoginInfo>>(
            user is { LoginProvider: { } provider, ProviderKey: { } key } ? [new(provider, key, provider)] : []);

    private static Task Done<T>(T _) => Task.CompletedTask;
}
