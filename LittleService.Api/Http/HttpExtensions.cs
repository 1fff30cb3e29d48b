using System.Security.Cryptography;
using LittleService.Api.Accounts;
using LittleService.Api.RateLimits;
using LittleService.Data;
using LittleService.Data.Idempotency;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.HttpOverrides;

namespace LittleService.Api.Http;

public static class HttpExtensions
{
    /// <summary>Adds what all features of the API share.</summary>
    public static void AddHttp(this WebApplicationBuilder builder)
    {
        builder.AddBodyTimeouts();
        // Where a proxy is trusted at all (ASPNETCORE_FORWARDEDHEADERS_ENABLED), for the host too: addresses that identity providers and
        // passkeys see are those of the browser.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(
            static options => options.ForwardedHeaders |= ForwardedHeaders.XForwardedHost);
        builder.Services.AddSingleton<CursorKey>();
        builder.Services.AddSingleton<Cursors>();
        builder.Services.AddSingleton<DatabaseSnapshot>();
        builder.Services.AddSingleton<SnapshotCache>();
        builder.Services.AddRateLimits();
        builder.Services.AddProblem(JobProblem.Of);
        builder.Services.AddProblem(static e => e is IdempotencyKeyReusedException
            ? new(StatusCodes.Status422UnprocessableEntity,
                "This Idempotency-Key was used for another request. Take a new key for a new request.") : null);
    }

    /// <summary>Adds the middleware. Call it after authentication.</summary>
    public static void UseHttp(this WebApplication app)
    {
        app.UseRateLimiter();
        app.UseQueryParameters();
        app.Use(RefuseCompressedAsync);
        app.Use(RefuseIdempotencyKeyAsync);
        app.Use(RefuseConditionAsync);
        app.UseMiddleware<SnapshotCache>();
    }

    // The real size of a compressed body is known only after decompression.
    private static Task RefuseCompressedAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.ContentEncoding.Count == 0) return next(context);
        (context.Response.StatusCode, context.Response.Headers.AcceptEncoding) = (StatusCodes.Status415UnsupportedMediaType, "identity");
        return Task.CompletedTask;
    }

    // An endpoint that ignored the key would break its promise.
    private static Task RefuseIdempotencyKeyAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpMethods.IsPost(context.Request.Method) || !context.Request.Headers.ContainsKey("Idempotency-Key")
            || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<HonoursIdempotencyKeyAttribute>() is not null
            || !context.Request.Path.StartsWithSegments("/api"))
            return next(context);
        return TypedResults.Problem(
            "This address honours no Idempotency-Key. Send the request without it; before you repeat it, look whether it was done.",
            statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
    }

    // RFC 9110, 13.1: what changes something must not be done where its condition does not hold, so none is ignored.
    private static Task RefuseConditionAsync(HttpContext context, RequestDelegate next)
    {
        var (method, headers) = (context.Request.Method, context.Request.Headers);
        if ((headers.IfNoneMatch.Count == 0 && headers.IfMatch.Count == 0) || HttpMethods.IsGet(method)
            || !context.Request.Path.StartsWithSegments("/api") || context.GetEndpoint() is not { } endpoint)
            return next(context);
        var parameters = endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>();
        var honoursIfMatch = parameters.Any(parameter => parameter.Name == "ifMatch");
        if (headers.IfNoneMatch.Count == 0 && (honoursIfMatch || headers.IfMatch == "*")) return next(context);
        var refused = headers.IfNoneMatch.Count > 0 ? "If-None-Match, but for reading" : "If-Match: it has no tags";
        var problem = TypedResults.Problem($"This address honours no {refused}.", statusCode: StatusCodes.Status412PreconditionFailed);
        return problem.ExecuteAsync(context);
    }

    /// <summary>The key that the caller gave to this request; <paramref name="body"/> is what makes it another request.</summary>
    public static IdempotencyKey IdempotencyKey(this HttpContext context, string key, ReadOnlySpan<byte> body) =>
        new($"{context.User.ToCaller().AccountId} {context.Request.Method} {context.Request.Path}", key, SHA256.HashData(body));
}
