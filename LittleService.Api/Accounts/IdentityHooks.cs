using System.Security.Claims;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>The claims of an account, from which a session is started.</summary>
internal sealed class AccountClaims : IUserClaimsPrincipalFactory<Account>
{
    public Task<ClaimsPrincipal> CreateAsync(Account user)
    {
        var principal = new Caller(user.Id, user.Name, user.Role).ToPrincipal(Sessions.Scheme);
        ((ClaimsIdentity)principal.Identity!).AddClaim(Sessions.StampOf(user));
        return Task.FromResult(principal);
    }
}

/// <summary>
/// Keeps disabled accounts out, whatever they sign in with. Identity's lockout does not: it counts failures by account, so a stranger
/// could lock the owner out; <see cref="SignInThrottle"/> counts by address too.
/// </summary>
internal sealed class ActiveAccounts : IUserConfirmation<Account>
{
    public Task<bool> IsConfirmedAsync(UserManager<Account> manager, Account user) => Task.FromResult(!user.Disabled);
}

/// <summary>
/// Identity keeps the challenge of a passkey in the cookie of the second step, in place of whose second step it is. This keeps both:
/// otherwise who cancels the passkey could no longer send a code.
/// </summary>
internal sealed class SecondStepCookie : CookieAuthenticationEvents
{
    public override async Task SigningIn(CookieSigningInContext context)
    {
        if (context.Principal?.Identity?.Name is not null) return;
        var before = await context.HttpContext.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        if (before.Principal is { Identity.Name: not null } step) context.Principal = step;
    }
}
