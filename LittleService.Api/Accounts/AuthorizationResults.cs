using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace LittleService.Api.Accounts;

/// <summary>
/// Without an endpoint (404) or for another method (405) there is nothing to protect: anonymous callers get the same response. And who
/// has to complete the account first (<see cref="CallerClaims.PageToComplete"/>) reaches the page for that alone.
/// </summary>
internal sealed class AuthorizationResults : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler _guard = new();

    public Task HandleAsync(
        RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (context.GetEndpoint() is not RouteEndpoint) return next(context);
        var path = context.Request.Path;
        if (context.User.PageToComplete() is not { } page || path == page || path == "/sign-out")
            return _guard.HandleAsync(next, context, policy, authorizeResult);
        if (path.StartsWithSegments("/api")) context.Response.StatusCode = StatusCodes.Status403Forbidden;
        else context.Response.Redirect(page);
        return Task.CompletedTask;
    }
}
