using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Which exception becomes which problem. Rows added with <see cref="AddProblem"/> are asked first, in the order they were added; then
/// <list type="table">
/// <item><term><see cref="BadHttpRequestException"/></term><description>its own status, and the field or the parameter that could not
/// be read</description></item>
/// <item><term><see cref="JsonException"/></term><description>400 with that path</description></item>
/// <item><term><see cref="TimeoutException"/></term><description>503, Retry-After 1 s</description></item>
/// <item><term>the client went away</term><description>499 by ASP.NET Core itself, nobody is told</description></item>
/// <item><term>anything else</term><description>500 without a word about it</description></item>
/// </list>
/// </summary>
public static partial class ProblemTable
{
    /// <summary>Adds a row: <paramref name="row"/> gives the problem of an exception it knows, and null for any other.</summary>
    public static IServiceCollection AddProblem(this IServiceCollection services, Func<Exception, Problem?> row) =>
        services.AddSingleton(row);

    internal static Problem Find(Exception exception, IEnumerable<Func<Exception, Problem?>> rows) =>
        rows.Select(row => row(exception)).FirstOrDefault(problem => problem is not null) ?? BuiltIn(exception);

    private static Problem BuiltIn(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } bad => Unreadable(bad.StatusCode, json),
        BadHttpRequestException bad => Unbound(bad),
        JsonException json => Unreadable(StatusCodes.Status400BadRequest, json),
        TimeoutException => new Problem(StatusCodes.Status503ServiceUnavailable, RetryAfter: TimeSpan.FromSeconds(1)),
        _ => new Problem(StatusCodes.Status500InternalServerError),
    };

    // The path is where reading stopped; what is missing from an object stands in the message alone.
    private static Problem Unreadable(int status, JsonException json)
    {
        if (MissingPattern().Match(json.Message) is { Success: true } missing)
        {
            var names = NamePattern().Matches(missing.Groups[1].Value).Select(name => name.Groups[1].Value).ToList();
            var errors = names.ToDictionary(name => name, static _ => (string[])["is required"]);
            return new(status, $"The body lacks {string.Join(", ", names)}.") { Errors = errors };
        }

        var field = (json.Path ?? "").TrimStart('$').TrimStart('.');
        if (field.Length == 0)
            return new(status, json.Message.Contains("could not be converted", StringComparison.Ordinal)
                ? "The body is of another type, such as a list where an object is asked for."
                : "The body is not valid JSON.");
        return OfField(
            status, $"The body could not be read at {json.Path}.", field,
            "cannot be read: it is of another type, or given twice, or none of the fields");
    }

    // The parameter's name is that of the query, the route or the header.
    private static Problem Unbound(BadHttpRequestException bad)
    {
        if (BodyPattern().IsMatch(bad.Message)) return new(bad.StatusCode, "The request needs a body.");
        if (ParameterPattern().Match(bad.Message) is not { Success: true } match) return new(bad.StatusCode);
        var name = match.Groups[1].Value;
        return OfField(bad.StatusCode, $"The parameter {name} cannot be read.", name, "cannot be read");
    }

    private static Problem OfField(int status, string detail, string name, string reason) =>
        new(status, detail) { Errors = new Dictionary<string, string[]> { [name] = [reason] } };

    [GeneratedRegex("missing required properties including: (.*)$", RegexOptions.Singleline)]
    private static partial Regex MissingPattern();

    [GeneratedRegex("'([^']+)'")]
    private static partial Regex NamePattern();

    [GeneratedRegex("provided from body|no body was provided")]
    private static partial Regex BodyPattern();

    [GeneratedRegex("parameter \"[^\"]*?(\\w+)\"")]
    private static partial Regex ParameterPattern();
}
