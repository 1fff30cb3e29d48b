using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LittleService.Api.Accounts;

/// <summary>
/// Without an endpoint (404) or for another method (405) there is nothing to protect: anonymous callers get the same response.
/// </summary>
internal sealed class EndpointsOnly : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _guard = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult) =>
        context.GetEndpoint() is RouteEndpoint ? _guard.HandleAsync(next, context, policy, authorizeResult) : next(context);
}
