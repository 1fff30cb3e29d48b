using System.Globalization;
using System.Runtime.CompilerServices;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text made of literals and of values that are known once the application runs.</summary>
public class ReferenceExpression : IExpressionValue, IValueWithReferences
{
    /// <summary>The empty text.</summary>
    public static readonly ReferenceExpression Empty = new(new Parts());

    private readonly Parts _parts;

    internal ReferenceExpression(Parts parts) => _parts = parts;

    /// <summary>A composite format string over the values.</summary>
    public string Format => _parts.Format;

    /// <summary>What the manifest calls each value.</summary>
    public IReadOnlyList<string> ManifestExpressions => _parts.Expressions;

    /// <summary>How each value is encoded: null or <c>uri</c>.</summary>
    public IReadOnlyList<string?> StringFormats => _parts.StringFormats;

    /// <summary>The values.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders => _parts.Providers;

    /// <inheritdoc/>
    public string ValueExpression => string.Format(CultureInfo.InvariantCulture, Format, [.. ManifestExpressions]);

    IEnumerable<object> IValueWithReferences.References => ValueProviders;

    /// <summary>The text; waits until all values are known. Null where it is one value that is null.</summary>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken)
    {
        if (Format == "{0}" && StringFormats[0] is null) return await ValueProviders[0].GetValueAsync(cancellationToken);
        var values = new object?[ValueProviders.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = await ValueProviders[i].GetValueAsync(cancellationToken);
            values[i] = StringFormats[i] == "uri" && value is not null ? Uri.EscapeDataString(value) : value;
        }
        return string.Format(CultureInfo.InvariantCulture, Format, values);
    }

    /// <summary>Makes one from an interpolated string.</summary>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    internal sealed class Parts
    {
        public string Format { get; private set; } = "";

        public List<string> Expressions { get; } = [];

        public List<string?> StringFormats { get; } = [];

        public List<IValueProvider> Providers { get; } = [];

        public void AppendLiteral(string? value) =>
            Format += value?.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);

        public void Append(IValueProvider provider, string? format)
        {
            if (provider is ReferenceExpression { ValueProviders.Count: 0 } literal && format is null)
            {
                Format += literal.Format;
                return;
            }
            Format += $"{{{Providers.Count}}}";
            Providers.Add(provider);
            Expressions.Add(((IManifestExpressionProvider)provider).ValueExpression);
            StringFormats.Add(format);
        }
    }

    /// <summary>Takes an interpolated string apart.</summary>
    [InterpolatedStringHandler]
    public ref struct ExpressionInterpolatedStringHandler
    {
        /// <summary>Called by the compiler; the lengths are not needed.</summary>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => Parts = new Parts();

        internal Parts Parts { get; }

        /// <summary>Adds a literal.</summary>
        public readonly void AppendLiteral(string value) => Parts.AppendLiteral(value);

        /// <summary>Adds a literal.</summary>
        public readonly void AppendFormatted(string? value) => Parts.AppendLiteral(value);

        /// <summary>Adds a value.</summary>
        public readonly void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            Parts.Append(valueProvider, null);

        /// <summary>Adds a value, encoded where format is <c>uri</c>.</summary>
        public readonly void AppendFormatted<T>(T valueProvider, string? format = null) where T : IValueProvider, IManifestExpressionProvider =>
            Parts.Append(valueProvider, format);

        /// <summary>Adds a resource's value.</summary>
        public readonly void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => Parts.Append(valueProvider.Resource, null);
    }
}

/// <summary>Makes a <see cref="ReferenceExpression"/> piece by piece.</summary>
public class ReferenceExpressionBuilder
{
    private readonly ReferenceExpression.Parts _parts = new();

    /// <summary>Whether nothing was added yet.</summary>
    public bool IsEmpty => _parts.Format.Length == 0;

    /// <summary>Adds a literal.</summary>
    public void AppendLiteral(string value) => _parts.AppendLiteral(value);

    /// <summary>Adds a literal.</summary>
    public void AppendFormatted(string? value) => _parts.AppendLiteral(value);

    /// <summary>Adds a value.</summary>
    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider => _parts.Append(valueProvider, null);

    /// <summary>The expression.</summary>
    public ReferenceExpression Build() => new(_parts);
}
