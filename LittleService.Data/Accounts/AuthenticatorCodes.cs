using Microsoft.AspNetCore.Identity;

namespace LittleService.Data.Accounts;

/// <summary>
/// Checks the codes of authenticator apps in place of Identity's own provider, which takes a code again while it is valid and accepts two
/// steps to either side.
/// </summary>
public sealed class AuthenticatorCodes(TimeProvider time) : IUserTwoFactorTokenProvider<Account>
{
    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<Account> manager, Account user) => Task.FromResult(user.SecondFactor);

    /// <summary>Codes come from the app.</summary>
    public Task<string> GenerateAsync(string purpose, UserManager<Account> manager, Account user) => Task.FromResult("");

    /// <summary>Whether this is the code of now or of one step off, and no code of this step or a later one was taken before.</summary>
    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<Account> manager, Account user)
    {
        if (Totp.Read(await manager.GetAuthenticatorKeyAsync(user)) is not { } secret) return false;
        if (Totp.Match(secret, token, time.GetUtcNow()) is not { } step || step <= user.TotpStep) return false;
        user.TotpStep = step;
        // Of two requests with the same code, one fails to save it.
        return (await manager.UpdateAsync(user)).Succeeded;
    }
}
