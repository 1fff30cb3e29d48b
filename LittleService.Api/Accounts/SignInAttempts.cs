using System.Net;
using System.Threading.RateLimiting;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>
/// Checks passwords and codes with Identity, and slows down who guesses them. Unknown and disabled names take the same time as wrong
/// passwords and get the same response.
/// </summary>
public sealed partial class SignInAttempts(
    SignInManager<Account> signIn, AccountPasswordHasher hasher, SignInThrottle throttle, AccountOptions options,
    ILogger<SignInAttempts> log)
{
    public const string PasskeyRefused = "This passkey is not known here, or its request is too old. Try again.";

    // Checking a password deliberately takes about 0.1 s of CPU: the limit leaves CPU for other requests.
    private static readonly ConcurrencyLimiter Checks = new(
        new() { PermitLimit = Math.Max(1, Environment.ProcessorCount / 2), QueueLimit = 100 });

    private readonly UserManager<Account> _users = signIn.UserManager;

    /// <summary>Signs in, or begins to where the account has a second factor.</summary>
    public Task<SignInOutcome> PasswordAsync(HttpContext http, string? name, string? password) => TryAsync(http, name, async () =>
    {
        var account = await _users.FindByNameAsync(name ?? "");
        if (options.LocalSignIn && account is { HasPassword: true, Disabled: false })
        {
            var result = await signIn.PasswordSignInAsync(account, password ?? "", isPersistent: false, lockoutOnFailure: false);
            return (account, new(result, Wait: null));
        }

        hasher.VerifyNobody(password);
        return (account, SignInOutcome.Failed);
    });

    /// <summary>Takes the second step of a sign-in, with a code of the authenticator app or a recovery code.</summary>
    public async Task<SignInOutcome> CodeAsync(HttpContext http, string? code)
    {
        var account = await signIn.GetTwoFactorAuthenticationUserAsync();
        return await TryAsync(http, account?.Name, async () => account is null ? (null, SignInOutcome.Failed) : (account,
            await TryCodeAsync(http, account, () => IsRecoveryCode(code)
                ? signIn.TwoFactorRecoveryCodeSignInAsync(code!)
                : signIn.TwoFactorAuthenticatorSignInAsync(code ?? "", isPersistent: false, rememberClient: false))));
    }

    /// <summary>Checks who is signed in once more: a stolen session alone must not be enough to take over the account.</summary>
    public Task<SignInOutcome> ProveAsync(HttpContext http, Account account, string? password, string? code) =>
        TryAsync(http, account.Name, async () =>
        {
            if (!await _users.CheckPasswordAsync(account, password ?? "")) return (account, SignInOutcome.Failed);
            return (account, account.SecondFactor
                ? await TryCodeAsync(http, account, () => CheckCodeAsync(account, code)) : new(SignInResult.Success, Wait: null));
        });

    /// <summary>Signs in with what a passkey signed. Nobody can guess that: it is not slowed down.</summary>
    public async Task<bool> PasskeyAsync(HttpContext http, string? credential)
    {
        try
        {
            if (options.LocalSignIn && !string.IsNullOrEmpty(credential) && (await signIn.PasskeySignInAsync(credential)).Succeeded)
                return true;
        }
        catch (InvalidOperationException)
        {
            // No challenge of ours came with it.
        }

        LogRefused(account: null, http.Connection.RemoteIpAddress);
        return false;
    }

    private async Task<SignInResult> CheckCodeAsync(Account account, string? code)
    {
        var right = IsRecoveryCode(code)
            ? (await _users.RedeemTwoFactorRecoveryCodeAsync(account, code!)).Succeeded
            : await _users.VerifyTwoFactorTokenAsync(account, TokenOptions.DefaultAuthenticatorProvider, code ?? "");
        return right ? SignInResult.Success : SignInResult.Failed;
    }

    private async Task<SignInOutcome> TryCodeAsync(HttpContext http, Account account, Func<Task<SignInResult>> check)
    {
        if (await throttle.TakeCodeAsync(account.Id, http.RequestAborted) is { } wait)
        {
            LogCodesSlowed(account.Id, http.Connection.RemoteIpAddress);
            return new(SignInResult.Failed, wait);
        }

        var result = await check();
        if (result.Succeeded) await throttle.GiveBackCodeAsync(account.Id, http.RequestAborted);
        return new(result, Wait: null);
    }

    // A code of an app has six digits.
    private static bool IsRecoveryCode(string? code) => code?.Count(char.IsAsciiDigit) > 6;

    private async Task<SignInOutcome> TryAsync(HttpContext http, string? name, Func<Task<(Account? Account, SignInOutcome Outcome)>> check)
    {
        var (address, stop) = (http.Connection.RemoteIpAddress, http.RequestAborted);
        // Invalid names are throttled like all others.
        var key = AccountName.Read(name) ?? name ?? "";
        if (await throttle.TakeAsync(key, address, stop) is { } wait)
        {
            LogSlowed(address);
            return new(SignInResult.Failed, wait);
        }

        using var permit = await Checks.AcquireAsync(1, stop);
        if (!permit.IsAcquired) return new(SignInResult.Failed, TimeSpan.FromSeconds(5));
        var (account, outcome) = await check();
        // Whose code has to wait gave the right password.
        if (outcome.Result.RequiresTwoFactor || outcome.Succeeded || outcome.Wait is not null)
            await throttle.GiveBackAsync(key, address, stop);
        else LogRefused(account?.Id, address);
        return outcome;
    }

    // The name is not logged: people type their password there.
    [LoggerMessage(LogLevel.Warning, "A sign-in was refused; account {Account}, from {Address}")]
    private partial void LogRefused(Guid? account, IPAddress? address);

    [LoggerMessage(LogLevel.Warning, "A sign-in from {Address} has to wait: too many attempts")]
    private partial void LogSlowed(IPAddress? address);

    [LoggerMessage(LogLevel.Warning,
        "Codes of the account {Account} have to wait: too many were wrong, the last from {Address}, by somebody who knows its password")]
    private partial void LogCodesSlowed(Guid account, IPAddress? address);
}
