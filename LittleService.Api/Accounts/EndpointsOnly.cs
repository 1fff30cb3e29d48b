using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LittleService.Api.Accounts;

/// <summary>
/// Where nothing is (404) or not by this method (405) there is nothing to guard: who is not signed in is told the same as who is.
/// </summary>
internal sealed class EndpointsOnly : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _guard = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        context.GetEndpoint() is RouteEndpoint ? _guard.HandleAsync(next, context, policy, authorizeResult) : next(context);
}
