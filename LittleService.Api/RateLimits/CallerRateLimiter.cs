using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using LittleService.Data.RateLimits;
using Microsoft.Extensions.Options;

namespace LittleService.Api.RateLimits;

/// <summary>
/// The framework's rate limiter over counts that all replicas share. Signed-in callers are counted by account, others by network. A
/// response to a request that was counted has the RateLimit headers.
/// </summary>
public sealed class CallerRateLimiter(RequestCounts counts, IOptions<RateLimitOptions> options) : PartitionedRateLimiter<HttpContext>
{
    private static readonly Lease Allowed = new(true, null);
    private static readonly Lease NotCounted = new(false, null);

    public override RateLimiterStatistics? GetStatistics(HttpContext resource) => null;

    // Never succeeds, so that the framework calls AcquireAsyncCore: counting may have to wait for Redis.
    protected override RateLimitLease AttemptAcquireCore(HttpContext resource, int permitCount) => NotCounted;

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(
        HttpContext resource, int permitCount, CancellationToken cancellationToken)
    {
        var (kind, limit) = IsRead(resource.Request.Method) ? ("reads", options.Value.Reads) : ("writes", options.Value.Writes);
        if (limit == 0 || resource.GetEndpoint() is null) return Allowed;
        var state = await counts.AddAsync($"{kind}:{Caller(resource)}", limit);
        var headers = resource.Response.Headers;
        (headers["RateLimit-Limit"], headers["RateLimit-Remaining"], headers["RateLimit-Reset"]) =
            (Text(limit), Text(state.Remaining), Text(Seconds(state.ResetIn)));
        return state.IsAllowed ? Allowed : new Lease(false, state.ResetIn);
    }

    internal static int Seconds(TimeSpan time) => (int)Math.Ceiling(time.TotalSeconds);

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static string Caller(HttpContext context) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? ClientNetwork.Of(context.Connection.RemoteIpAddress);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Lease(bool acquired, TimeSpan? retryAfter) : RateLimitLease
    {
        public override bool IsAcquired => acquired;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = metadataName == MetadataName.RetryAfter.Name ? retryAfter : null;
            return metadata is not null;
        }
    }
}
