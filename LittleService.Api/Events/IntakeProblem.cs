using System.Globalization;
using LittleService.Data.Events;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.WebUtilities;

namespace LittleService.Api.Events;

/// <summary>Why intake takes nothing at the moment.</summary>
/// <param name="Status">429 when the sender is too fast, 408 when it is too slow, 503 when we cannot.</param>
/// <param name="Reason">For the metrics.</param>
/// <param name="Detail">For the sender.</param>
internal sealed record IntakeProblem(int Status, string Reason, string Detail)
{
    private const int RetrySeconds = 1;

    public static readonly IntakeProblem Busy = new(
        429, "busy", "More events are coming than are taken. Nothing of this request was taken.");

    public static readonly IntakeProblem TooLarge = new(413, "large", "A request takes at most 1 MB.");

    public static readonly IntakeProblem Slow = new(408, "slow", "The body did not arrive in time. Nothing of this request was taken.");

    public static readonly IntakeProblem Redis = new(
        503, "redis", "Events cannot be stored at the moment. This request may have been taken: send it again with ids.");

    public static readonly IntakeProblem Backlog = new(
        503, "backlog", "Too many events wait to be counted. Nothing of this request was taken.");

    /// <summary>Written by hand: under a flood this response must be the cheapest.</summary>
    public Task WriteAsync(HttpContext http)
    {
        EventMetrics.RefusedRequest(Reason);
        var response = http.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        if (Status is 429 or 503) response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        // The rest of the body is not read.
        else response.Headers.Connection = "close";
        var title = ReasonPhrases.GetReasonPhrase(Status);
        var trace = http.TraceId();
        return response.WriteAsync(
            $$"""{"title":"{{title}}","status":{{Status}},"detail":"{{Detail}}","traceId":"{{trace}}"}""", http.RequestAborted);
    }
}
