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
/// Keeps such responses for as long as nothing was committed to the database, which it asks before each use: never for a time. So a reader
/// finds what was written before the request came, through whichever replica. Requests that come together share the question, and the
/// making of the response.
/// </summary>
public sealed class SnapshotCache(DatabaseSnapshot snapshot) : IMiddleware
{
    private const int MostAnswers = 500;

    // What strangers make up, searches for one, leaves room for the lists that all look at; and a large response is made anew each time.
    private const int MostWithQuery = 400;
    private const int LargestAnswer = 128 * 1024;
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

        var answers = await AnswersAsync();
        var key = context.Request.Path + context.Request.QueryString;
        if (answers.TryGetValue(key, out var answer)
            || answers.Count >= (context.Request.QueryString.HasValue ? MostWithQuery : MostAnswers))
        {
            await SendOrMakeAsync(context, answer, next);
            return;
        }

        var mine = new TaskCompletionSource<Answer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        answer = answers.GetOrAdd(key, mine);
        if (answer == mine) await MakeAsync(context, mine, next);
        else await SendOrMakeAsync(context, answer, next);
    }

    private async Task<ConcurrentDictionary<string, TaskCompletionSource<Answer?>>> AnswersAsync()
    {
        var (now, current) = (await snapshot.CurrentAsync(), _current);
        if (current.Snapshot != now) _current = current = new(now, new());
        return current.Answers;
    }

    private static async Task SendOrMakeAsync(HttpContext context, TaskCompletionSource<Answer?>? answer, RequestDelegate next)
    {
        if (answer is not null && await answer.Task.WaitAsync(context.RequestAborted) is { } made) await SendAsync(context, made);
        else await next(context);
    }

    private static async Task MakeAsync(HttpContext context, TaskCompletionSource<Answer?> mine, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var buffer = new MemoryStream();
        try
        {
            context.Response.Body = buffer;
            await next(context);
            if (buffer.Length <= LargestAnswer && context.Response.StatusCode == StatusCodes.Status200OK
                && context.Response.Headers.SetCookie.Count == 0)
                mine.SetResult(Answer.Of(buffer.ToArray(), context.Response.ContentType));
        }
        finally
        {
            context.Response.Body = body;
            mine.TrySetResult(null);
        }

        if (await mine.Task is { } made) await SendAsync(context, made);
        else if (buffer.Length > 0) await body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), context.RequestAborted);
    }

    private static Task SendAsync(HttpContext context, Answer answer)
    {
        var response = context.Response;
        (response.Headers.ETag, response.Headers.CacheControl, response.Headers.Vary) = (answer.Tag, "no-cache", "Cookie");
        if (context.Request.HasTag(answer.Tag))
        {
            (response.StatusCode, response.ContentType) = (StatusCodes.Status304NotModified, null);
            return Task.CompletedTask;
        }

        (response.ContentType, response.ContentLength) = (answer.ContentType, answer.Body.Length);
        return response.BodyWriter.WriteAsync(answer.Body, context.RequestAborted).AsTask();
    }

    private sealed record Answer(byte[] Body, string? ContentType, string Tag)
    {
        public static Answer Of(byte[] body, string? contentType) =>
            new(body, contentType, $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"");
    }

    private sealed record Generation(string Snapshot, ConcurrentDictionary<string, TaskCompletionSource<Answer?>> Answers);
}
