using System.Globalization;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>
/// Writes values as the expressions of the manifest, and remembers what they refer to: resources that the model does not list, parameters
/// that are used encoded, and conditional pieces. The manifest needs an entry for each of these.
/// </summary>
internal sealed partial class ManifestReferences
{
    private readonly Dictionary<string, IResource> _referenced = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ParameterResource, Dictionary<string, string>> _encodings = [];
    private readonly Dictionary<string, ConditionalValue> _conditionals = [];
    private readonly HashSet<object> _visiting = [];
    private HashSet<string> _listed = [];

    public IReadOnlyCollection<ConditionalValue> Conditionals => _conditionals.Values;

    public void Begin(IEnumerable<IResource> listed)
    {
        _listed = listed.Select(resource => resource.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _names.UnionWith(_listed);
    }

    /// <summary>The expression of a text or value; throws where it is neither.</summary>
    public string Expression(object value)
    {
        Remember(value);
        return value switch
        {
            string text => text,
            ReferenceExpression expression => Compose(expression),
            IManifestExpressionProvider provider => provider.ValueExpression,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            bool flag => flag.ToString(),
            _ => throw new DistributedApplicationException($"A value of type {value.GetType().Name} cannot be written to the manifest."),
        };
    }

    public IReadOnlyList<IResource> NotListed() => [.. _referenced.Values.Where(resource => !_listed.Contains(resource.Name))];

    public IReadOnlyList<ParameterResource> EncodedParameters() => [.. _encodings.Keys];

    /// <summary>The encodings in which a parameter is used, with the name of each; the next call gives none of them again.</summary>
    public IReadOnlyDictionary<string, string> TakeEncodings(ParameterResource parameter) =>
        _encodings.Remove(parameter, out var encodings) ? encodings : new();

    private void Remember(object value)
    {
        if (value is ReferenceExpression expression)
            foreach (var (provider, format) in expression.ValueProviders.Zip(expression.StringFormats))
                EncodedName(provider, format);
        if (value is ConditionalValue conditional)
            _conditionals.TryAdd(conditional.Name, conditional);
        if (value is IResource resource)
            _referenced.TryAdd(resource.Name, resource);
        else if (value is IValueWithReferences whole && _visiting.Add(value))
        {
            foreach (var part in whole.References)
                Remember(part);
            _visiting.Remove(value);
        }
    }

    private string Compose(ReferenceExpression expression)
    {
        var arguments = expression.ManifestExpressions.ToArray<object>();
        for (var i = 0; i < arguments.Length; i++)
            if (EncodedName(expression.ValueProviders[i], expression.StringFormats[i]) is { } name)
                arguments[i] = $"{{{name}.value}}";
        return string.Format(CultureInfo.InvariantCulture, expression.Format, arguments);
    }

    private string? EncodedName(object provider, string? format)
    {
        if (string.IsNullOrEmpty(format) || Parameter(provider) is not { } parameter)
            return null;
        if (!_encodings.TryGetValue(parameter, out var encodings))
            _encodings[parameter] = encodings = [];
        if (!encodings.TryGetValue(format, out var name))
            encodings[format] = name = NewName($"{parameter.Name}-{NotWord().Replace(format.ToLowerInvariant(), "-").Trim('-')}-encoded");
        return name;
    }

    private static ParameterResource? Parameter(object provider) => provider switch
    {
        ParameterResource parameter => parameter,
        ReferenceExpression { Format: "{0}", ValueProviders: [ParameterResource parameter] } => parameter,
        _ => null,
    };

    private string NewName(string wanted)
    {
        var name = wanted;
        for (var suffix = 1; !_names.Add(name); suffix++)
            name = $"{wanted}-{suffix}";
        return name;
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotWord();
}
