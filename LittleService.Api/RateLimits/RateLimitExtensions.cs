using System.Globalization;
using System.Threading.RateLimiting;
using LittleService.Data.RateLimits;
using Microsoft.AspNetCore.RateLimiting;

namespace LittleService.Api.RateLimits;

public static class RateLimitExtensions
{
    /// <summary>Limits what a caller may do in a while; an endpoint with a limit of its own has <c>DisableRateLimiting</c>.</summary>
    public static void AddRateLimits(this IServiceCollection services)
    {
        services.AddOptions<RateLimitOptions>().BindConfiguration("RateLimits").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RateCounters>();
        services.AddSingleton<RequestCounts>();
        services.AddSingleton<CallerRateLimiter>();
        services.AddRateLimiter(static options => options.OnRejected = RejectAsync);
        services.AddOptions<RateLimiterOptions>().Configure<CallerRateLimiter>((options, callers) => options.GlobalLimiter = callers);
    }

    private static async ValueTask RejectAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        if (context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait))
            context.HttpContext.Response.Headers.RetryAfter = CallerRateLimiter.Seconds(wait).ToString(CultureInfo.InvariantCulture);
        await TypedResults.Problem("Too many requests. Try again later.", statusCode: StatusCodes.Status429TooManyRequests)
            .ExecuteAsync(context.HttpContext);
    }
}
