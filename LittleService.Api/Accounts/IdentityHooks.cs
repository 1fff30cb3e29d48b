using System.Security.Claims;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>The claims of an account, from which a session is started.</summary>
internal sealed class AccountClaims : IUserClaimsPrincipalFactory<Account>
{
    public Task<ClaimsPrincipal> CreateAsync(Account user) =>
        Task.FromResult(new Caller(user.Id, user.Name, user.Role) { Stamp = user.SecurityStamp }.ToPrincipal(Sessions.Scheme));
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
/// otherwise who cancels the passkey could no longer send a code. A second step ends when it was to end, and with the security stamp that
/// it began with: a password that was changed since leads no further.
/// </summary>
internal sealed class SecondStepCookie : CookieAuthenticationEvents
{
    public override async Task SigningIn(CookieSigningInContext context)
    {
        if (context.Principal?.Identity is ClaimsIdentity { Name: { } id } begun)
        {
            if (await FindAsync(context.HttpContext, id) is { } account) begun.AddClaim(new(Sessions.Stamp, account.SecurityStamp));
            return;
        }

        var before = await context.HttpContext.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        if (before.Principal is not { Identity.Name: not null } step) return;
        (context.Principal, context.Properties.ExpiresUtc) = (step, before.Properties!.ExpiresUtc);
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (context.Principal?.Identity?.Name is not { } id) return;
        var account = await FindAsync(context.HttpContext, id);
        if (account is null || !context.Principal.HasClaim(claim => claim.Type == Sessions.Stamp && claim.Value == account.SecurityStamp))
            context.RejectPrincipal();
    }

    private static Task<Account?> FindAsync(HttpContext http, string id) =>
        http.RequestServices.GetRequiredService<UserManager<Account>>().FindByIdAsync(id);
}
