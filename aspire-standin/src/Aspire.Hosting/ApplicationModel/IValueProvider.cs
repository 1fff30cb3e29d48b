namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is known once the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value; may wait until it is known.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}

/// <summary>A value that the manifest names by an expression.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>The expression, such as <c>{api.bindings.http.url}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value with both: known when running, named in the manifest.</summary>
public interface IExpressionValue : IValueProvider, IManifestExpressionProvider;

/// <summary>A value made of others.</summary>
public interface IValueWithReferences
{
    /// <summary>The resources and values it is made of.</summary>
    IEnumerable<object> References { get; }
}
