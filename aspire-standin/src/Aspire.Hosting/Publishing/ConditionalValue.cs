using System.Text;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>A text that is there only where an endpoint speaks TLS. The manifest names it by a hash of what it is made of.</summary>
internal sealed partial class ConditionalValue(EndpointReferenceExpression condition, string whenTrue) : IExpressionValue, IValueWithReferences
{
    public string Name { get; } = $"cond-{Separators().Replace(condition.ValueExpression.ToLowerInvariant(), "-").Trim('-')}-"
        + $"{XxHash32.Hash(Encoding.UTF8.GetBytes(condition.ValueExpression + whenTrue + bool.TrueString)):x8}";

    public string ValueExpression => $"{{{Name}.connectionString}}";

    public IEnumerable<object> References => [condition];

    // The scheme is known before the endpoint has an address, and when publishing it never gets one.
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        new(condition.Endpoint.Scheme is "https" or "rediss" ? whenTrue : "");

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex Separators();
}
