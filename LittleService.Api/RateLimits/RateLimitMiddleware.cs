using System.Globalization;
using System.Security.Claims;
using LittleService.Data.RateLimits;
using Microsoft.Extensions.Options;

namespace LittleService.Api.RateLimits;

/// <summary>This endpoint has a limit of its own.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class NoRateLimitAttribute : Attribute;

/// <summary>Turns callers away who ask too much of us: 429, and how long to wait.</summary>
public sealed class RateLimitMiddleware(RateLimiter limiter, IOptions<RateLimitOptions> options) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var (kind, limit) = IsRead(context.Request.Method) ? ("reads", options.Value.Reads) : ("writes", options.Value.Writes);
        if (limit == 0 || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<NoRateLimitAttribute>() is not null)
        {
            await next(context);
            return;
        }

        var state = await limiter.TakeAsync($"{kind}:{Caller(context)}", limit);
        var (headers, reset) = (context.Response.Headers, Text((int)Math.Ceiling(state.ResetIn.TotalSeconds)));
        (headers["RateLimit-Limit"], headers["RateLimit-Remaining"], headers["RateLimit-Reset"]) =
            (Text(limit), Text(state.Remaining), reset);
        if (state.IsAllowed)
        {
            await next(context);
            return;
        }

        headers.RetryAfter = reset;
        await TypedResults.Problem("Too many requests. Try again later.", statusCode: StatusCodes.Status429TooManyRequests)
            .ExecuteAsync(context);
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static string Caller(HttpContext context) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? ClientNetwork.Of(context.Connection.RemoteIpAddress);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
