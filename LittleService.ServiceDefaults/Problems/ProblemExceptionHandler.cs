using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Writes the problem that <see cref="ProblemTable"/> has for an exception; as plain JSON where rendering a page fails too.
/// </summary>
internal sealed partial class ProblemExceptionHandler(
    IEnumerable<Func<Exception, Problem?>> rows, IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger)
    : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = ProblemTable.Find(exception, rows);
        // One line without a stack trace: during an outage every request logs it.
        if (problem.Status > StatusCodes.Status500InternalServerError)
            LogUnavailable(problem.Status, exception.GetType().Name, exception.Message);
        try
        {
            return await problems.TryWriteAsync(Begin(httpContext, problem));
        }
        catch (Exception failure) when (!httpContext.Response.HasStarted)
        {
            LogUnwritten(failure);
            httpContext.Response.Clear();
            await ProblemExtensions.AnyClient.WriteAsync(Begin(httpContext, problem));
            return true;
        }
    }

    private static ProblemDetailsContext Begin(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait)
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        var details = new ProblemDetails { Status = problem.Status, Detail = problem.Detail };
        if (problem.Errors is not null)
            details.Extensions["errors"] = problem.Errors;
        return new() { HttpContext = http, ProblemDetails = details };
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A problem could not be shown as asked for and is answered as JSON")]
    private partial void LogUnwritten(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answered {Status} because of {Exception}: {Reason}")]
    private partial void LogUnavailable(int status, string exception, string reason);
}
