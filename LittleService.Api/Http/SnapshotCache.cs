using System.Collections.Concurrent;
using System.Security.Cryptography;
using LittleService.Data;

namespace LittleService.Api.Http;

/// <summary>
/// The response to a GET of this endpoint depends on the database and the address alone; that of a page only while nobody is signed in.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CacheBySnapshotAttribute : Attribute
{
    /// <summary>Whether it is the same for everybody, signed in or not.</summary>
    public bool ForAll { get; init; }
}

/// <summary>
/// Caches such responses until something is committed to the database, which it asks before each use; it has no expiry. So a response
/// contains everything that was committed before the request, through any replica. Concurrent requests share that query, and the response.
/// </summary>
public sealed class SnapshotCache(DatabaseSnapshot snapshot) : IMiddleware
{
    private const int MostResponses = 500;

    // Arbitrary queries must leave room for the common lists. Larger responses are not cached.
    private const int MostWithQuery = 400;
    private const int LargestResponse = 128 * 1024;
    private volatile Generation _current = new("", new());

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var made = context.GetEndpoint()?.Metadata.GetMetadata<CacheBySnapshotAttribute>();
        if (made is null || !HttpMethods.IsGet(context.Request.Method)
            || (!made.ForAll && context.User.Identity is { IsAuthenticated: true }))
        {
            await next(context);
            return;
        }

        var responses = await ResponsesAsync();
        var key = context.Request.Path + context.Request.QueryString;
        if (responses.TryGetValue(key, out var entry)
            || responses.Count >= (context.Request.QueryString.HasValue ? MostWithQuery : MostResponses))
        {
            await SendOrMakeAsync(context, entry, next);
            return;
        }

        var mine = new TaskCompletionSource<CachedResponse?>(TaskCreationOptions.RunContinuationsAsynchronously);
        entry = responses.GetOrAdd(key, mine);
        if (entry == mine) await MakeAsync(context, mine, next);
        else await SendOrMakeAsync(context, entry, next);
    }

    private async Task<ConcurrentDictionary<string, TaskCompletionSource<CachedResponse?>>> ResponsesAsync()
    {
        var (now, current) = (await snapshot.CurrentAsync(), _current);
        if (current.Snapshot != now) _current = current = new(now, new());
        return current.Responses;
    }

    private static async Task SendOrMakeAsync(HttpContext context, TaskCompletionSource<CachedResponse?>? entry, RequestDelegate next)
    {
        if (entry is not null && await entry.Task.WaitAsync(context.RequestAborted) is { } made) await SendAsync(context, made);
        else await next(context);
    }

    private static async Task MakeAsync(HttpContext context, TaskCompletionSource<CachedResponse?> mine, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var buffer = new MemoryStream();
        try
        {
            context.Response.Body = buffer;
            await next(context);
            if (buffer.Length <= LargestResponse && context.Response.StatusCode == StatusCodes.Status200OK
                && context.Response.Headers.SetCookie.Count == 0)
                mine.SetResult(CachedResponse.Of(buffer.ToArray(), context.Response.ContentType));
        }
        finally
        {
            context.Response.Body = body;
            mine.TrySetResult(null);
        }

        if (await mine.Task is { } made) await SendAsync(context, made);
        else if (buffer.Length > 0) await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
    }

    private static Task SendAsync(HttpContext context, CachedResponse cached)
    {
        var response = context.Response;
        (response.Headers.ETag, response.Headers.CacheControl, response.Headers.Vary) = (cached.Tag, "no-cache", "Cookie");
        if (context.Request.HasTag(cached.Tag))
        {
            (response.StatusCode, response.ContentType) = (StatusCodes.Status304NotModified, null);
            return Task.CompletedTask;
        }

        (response.ContentType, response.ContentLength) = (cached.ContentType, cached.Body.Length);
        return response.BodyWriter.WriteAsync(cached.Body, context.RequestAborted).AsTask();
    }

    private sealed record CachedResponse(byte[] Body, string? ContentType, string Tag)
    {
        public static CachedResponse Of(byte[] body, string? contentType) =>
            new(body, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");
    }

    private sealed record Generation(string Snapshot, ConcurrentDictionary<string, TaskCompletionSource<CachedResponse?>> Responses);
}
