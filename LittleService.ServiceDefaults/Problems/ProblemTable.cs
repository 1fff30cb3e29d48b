using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Which exception becomes which problem. Rows added with <see cref="AddProblem"/> are asked first, in the order they were added; then
/// <list type="table">
/// <item><term><see cref="BadHttpRequestException"/></term><description>its own status; the JSON path where the body could not be
/// read</description></item>
/// <item><term><see cref="JsonException"/></term><description>400 with that path</description></item>
/// <item><term><see cref="TimeoutException"/></term><description>503, Retry-After 1 s</description></item>
/// <item><term>the client went away</term><description>499 by ASP.NET Core itself, nobody is told</description></item>
/// <item><term>anything else</term><description>500 without a word about it</description></item>
/// </list>
/// </summary>
public static class ProblemTable
{
    /// <summary>Adds a row: <paramref name="row"/> gives the problem of an exception it knows, and null for any other.</summary>
    public static IServiceCollection AddProblem(this IServiceCollection services, Func<Exception, Problem?> row) =>
        services.AddSingleton(row);

    internal static Problem Find(Exception exception, IEnumerable<Func<Exception, Problem?>> rows) =>
        rows.Select(row => row(exception)).FirstOrDefault(problem => problem is not null) ?? BuiltIn(exception);

    private static Problem BuiltIn(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } bad => new Problem(bad.StatusCode, Unreadable(json)),
        BadHttpRequestException bad => new Problem(bad.StatusCode),
        JsonException json => new Problem(StatusCodes.Status400BadRequest, Unreadable(json)),
        TimeoutException => new Problem(StatusCodes.Status503ServiceUnavailable, RetryAfter: TimeSpan.FromSeconds(1)),
        _ => new Problem(StatusCodes.Status500InternalServerError),
    };

    private static string Unreadable(JsonException json) =>
        string.IsNullOrEmpty(json.Path) ? "The body is not valid JSON." : $"The body could not be read at {json.Path}.";
}
