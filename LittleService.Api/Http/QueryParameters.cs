using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace LittleService.Api.Http;

/// <summary>
/// Refuses a query whose values are not of the types of their parameters, and says which: the code that the compiler generates for
/// endpoints, which starts sooner than reflection, answers with a 400 alone where a parameter is optional.
/// </summary>
internal static class QueryParameters
{
    private static readonly ConcurrentDictionary<Type, Func<string, bool>> Readers = new();

    /// <summary>Call it after routing.</summary>
    public static void UseQueryParameters(this WebApplication app) => app.Use(static (context, next) =>
    {
        if (context.Request.QueryString.HasValue && context.GetEndpoint() is { } endpoint) Check(context.Request.Query, endpoint);
        return next(context);
    });

    private static void Check(IQueryCollection query, Endpoint endpoint)
    {
        foreach (var parameter in endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>())
        {
            if (!parameter.HasTryParse || query[parameter.Name].ToString() is not { Length: > 0 } text) continue;
            var type = parameter.ParameterInfo.ParameterType;
            if (Readers.GetOrAdd(type, Reader)(text)) continue;
            // The framework's message, which the problem table recognises.
            throw new BadHttpRequestException($"Failed to bind parameter \"{type.Name} {parameter.Name}\".");
        }
    }

    private static Func<string, bool> Reader(Type type)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (!value.GetInterfaces().Any(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IParsable<>)))
            return static _ => true;
        var read = typeof(QueryParameters).GetMethod(nameof(CanRead), BindingFlags.NonPublic | BindingFlags.Static)!;
        return read.MakeGenericMethod(value).CreateDelegate<Func<string, bool>>();
    }

    // A number would be accepted with a trailing NUL.
    private static bool CanRead<T>(string text)
        where T : IParsable<T>
        => !text.Contains('\0', StringComparison.Ordinal) && T.TryParse(text, CultureInfo.InvariantCulture, out _);
}
