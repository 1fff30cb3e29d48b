using System.Security.Claims;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authorization;

namespace LittleService.Api.Accounts;

/// <summary>
/// Who may reach an endpoint: <c>.RequireAuthorization(Policies.Writer)</c>, <c>[Authorize(Policy = Policies.Admin)]</c> or
/// <c>AllowAnonymous</c>. An endpoint without any of them requires a signed-in user, and fails the test that checks all endpoints.
/// </summary>
public static class Policies
{
    public const string Reader = "reader";
    public const string Writer = "writer";
    public const string Admin = "admin";

    /// <summary>A user with a session, of any role: a key cannot change the password that creates keys.</summary>
    public const string Session = "session";

    public static void Add(AuthorizationBuilder authorization)
    {
        foreach (var role in Enum.GetValues<Role>())
            authorization.AddPolicy(role.Text(), policy => policy.RequireAssertion(context => context.User.Has(role)));
        authorization.AddPolicy(Session, policy => policy.RequireAssertion(static context => context.User.HasSession()));
        authorization.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>
    /// Whether the user has the role or one that includes it. Who has to complete the account first has none until then.
    /// </summary>
    public static bool Has(this ClaimsPrincipal user, Role role) =>
        user.PageToComplete() is null && user.FindFirstValue(ClaimTypes.Role) is { } has && Roles.Parse(has) >= role;
}
