using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace LittleService.Api.Layout;

/// <summary>Shows a problem as a page to browsers that asked for one; programs and the API keep the JSON.</summary>
public sealed class ProblemPageWriter(IServiceScopeFactory scopes) : IProblemDetailsWriter
{
    private static readonly MediaTypeHeaderValue Html = new("text/html");

    public bool CanWrite(ProblemDetailsContext context) =>
        !context.HttpContext.Request.Path.StartsWithSegments("/api")
        && context.HttpContext.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType == Html.MediaType);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var (http, problem) = (context.HttpContext, context.ProblemDetails);
        problem.Status ??= http.Response.StatusCode;
        problem.Title = ReasonPhrases.GetReasonPhrase(problem.Status.Value);
        problem.Extensions["traceId"] = http.TraceId();
        http.Response.Headers.CacheControl = "no-store";
        // The page that was left has set it already, and rendering adds it.
        http.Response.Headers.Remove("blazor-enhanced-nav");
        // A request renders one page at most: where it broke off in the middle of one, the services of that page cannot be used again.
        var services = http.RequestServices;
        await using var scope = scopes.CreateAsyncScope();
        http.RequestServices = scope.ServiceProvider;
        try
        {
            await new RazorComponentResult<ProblemPage>(new { Problem = problem }) { StatusCode = problem.Status }.ExecuteAsync(http);
        }
        finally
        {
            http.RequestServices = services;
        }
    }
}
