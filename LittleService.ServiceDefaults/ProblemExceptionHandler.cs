using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace LittleService.ServiceDefaults;

/// <summary>Writes the problem that <see cref="ProblemTable"/> has for an exception.</summary>
internal sealed partial class ProblemExceptionHandler(
    IEnumerable<Func<Exception, Problem?>> rows, IProblemDetailsService problems, ILogger<ProblemExceptionHandler> logger) : IExceptionHandler
{
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = ProblemTable.Find(exception, rows);
        httpContext.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait)
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        // One line and no stack: an outage brings one of these with every request.
        if (problem.Status > StatusCodes.Status500InternalServerError)
            LogUnavailable(problem.Status, exception.GetType().Name, exception.Message);
        return problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = new ProblemDetails { Status = problem.Status, Detail = problem.Detail },
        });
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answered {Status} because of {Exception}: {Reason}")]
    private partial void LogUnavailable(int status, string exception, string reason);
}
