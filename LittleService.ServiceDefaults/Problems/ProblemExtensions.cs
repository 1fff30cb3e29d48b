using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.ServiceDefaults;

internal static class ProblemExtensions
{
    /// <summary>
    /// Sends JSON to clients that accept no JSON too; the framework's own writer, which is asked first, gives them an empty body.
    /// </summary>
    public static readonly IProblemDetailsWriter AnyClient = new AnyClientWriter();

    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = Complete);
        services.AddSingleton(AnyClient);
        services.AddExceptionHandler<ProblemExceptionHandler>();
        // Elsewhere than in Development a body that cannot be read would be answered without saying where it is wrong.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        // An error of the client belongs in its response, not in the log.
        services.AddOptions<ExceptionHandlerOptions>().Configure<IEnumerable<Func<Exception, Problem?>>>((options, rows) =>
            options.SuppressDiagnosticsCallback = context =>
                ProblemTable.Find(context.Exception, rows).Status != StatusCodes.Status500InternalServerError);
    }

    // Validation names members as C# does, and clients know them as JSON does.
    private static void Complete(ProblemDetailsContext context)
    {
        AddTraceId(context);
        if (context.ProblemDetails is HttpValidationProblemDetails validation)
            validation.Errors = validation.Errors.ToDictionary(error => InJson(error.Key), error => error.Value);
    }

    private static string InJson(string path) => string.Join('.', path.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));

    private static void AddTraceId(ProblemDetailsContext context) =>
        context.ProblemDetails.Extensions["traceId"] = context.HttpContext.TraceId();

    private sealed class AnyClientWriter : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public ValueTask WriteAsync(ProblemDetailsContext context)
        {
            var (problem, response) = (context.ProblemDetails, context.HttpContext.Response);
            problem.Status ??= response.StatusCode;
            problem.Title ??= Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(problem.Status.Value);
            AddTraceId(context);
            return new(response.WriteAsJsonAsync(problem, options: null, "application/problem+json", context.HttpContext.RequestAborted));
        }
    }
}
