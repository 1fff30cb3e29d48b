using System.Threading.RateLimiting;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.DataProtection;

namespace LittleService.Api.Accounts;

/// <summary>The outcome of a login: the account, or how long to wait, or neither, which reveals nothing about what was wrong.</summary>
public sealed record LoginOutcome(Credentials? Account, TimeSpan? Wait);

/// <summary>Checks a name, a password and a code. Unknown names and wrong passwords take the same time and get the same response.</summary>
public sealed partial class Logins(
    AccountStore accounts, LoginThrottle throttle, IDataProtectionProvider protection, TimeProvider time, ILogger<Logins> log) : IDisposable
{
    // Checking a password deliberately takes about 0.1 s of CPU: the limit leaves CPU for other requests.
    private readonly ConcurrencyLimiter _checks = new(
        new() { PermitLimit = Math.Max(1, Environment.ProcessorCount / 2), QueueLimit = 100 });

    private readonly IDataProtector _protector = protection.CreateProtector("LittleService.Accounts.Totp");

    public async Task<LoginOutcome> TryAsync(HttpContext http, string? name, string? password, string? code)
    {
        var (address, stop) = (http.Connection.RemoteIpAddress, http.RequestAborted);
        var known = AccountName.Read(name);
        // Invalid names are throttled like all others.
        var key = known ?? name ?? "";
        if (await throttle.TakeAsync(key, address, stop) is { } wait)
        {
            LogSlowed(address);
            return new(null, wait);
        }

        using var check = await _checks.AcquireAsync(1, stop);
        if (!check.IsAcquired) return new(null, TimeSpan.FromSeconds(5));
        var account = await accounts.FindAsync(known ?? "", stop);
        if (!Passwords.Verify(account?.PasswordHash, password ?? "") || !await IsSecondFactorAsync(account!, code, stop))
        {
            LogRefused(account?.Id, address);
            return new(null, null);
        }

        await throttle.GiveBackAsync(key, address, stop);
        LogAccepted(account!.Id, address);
        return new(account, null);
    }

    public void Dispose() => _checks.Dispose();

    /// <summary>The secret as it is kept.</summary>
    public byte[] Protect(byte[] secret) => _protector.Protect(secret);

    public async Task<bool> UseCodeAsync(Guid account, byte[] secret, string? code, CancellationToken cancellationToken) =>
        Totp.Match(secret, code, time.GetUtcNow()) is { } step && await accounts.UseCodeAsync(account, step, cancellationToken);

    // Whether the account has no second factor, or this is a code of it that was not used yet.
    private async Task<bool> IsSecondFactorAsync(Credentials account, string? code, CancellationToken cancellationToken) =>
        account.TotpSecret is not { } secret
        || await UseCodeAsync(account.Id, _protector.Unprotect(secret), code, cancellationToken)
        || await accounts.UseRecoveryCodeAsync(account, code, cancellationToken);

    // The name is not logged: people type their password there.
    [LoggerMessage(LogLevel.Warning, "A login was refused; account {Account}, from {Address}")]
    private partial void LogRefused(Guid? account, System.Net.IPAddress? address);

    [LoggerMessage(LogLevel.Warning, "A login from {Address} has to wait: too many attempts")]
    private partial void LogSlowed(System.Net.IPAddress? address);

    [LoggerMessage(LogLevel.Information, "Account {Account} logged in from {Address}")]
    private partial void LogAccepted(Guid account, System.Net.IPAddress? address);
}
