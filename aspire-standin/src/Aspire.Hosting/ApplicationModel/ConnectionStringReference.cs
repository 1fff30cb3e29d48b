namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource's connection string as a value.</summary>
/// <param name="resource">The resource.</param>
/// <param name="optional">Fine where there is none.</param>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional) : IExpressionValue, IValueWithReferences
{
    /// <summary>The resource.</summary>
    public IResourceWithConnectionString Resource { get; } = resource;

    /// <summary>Fine where there is none.</summary>
    public bool Optional { get; } = optional;

    string IManifestExpressionProvider.ValueExpression => Resource.ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    async ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
    {
        string? value;
        try
        {
            value = await Resource.GetConnectionStringAsync(cancellationToken);
        }
        catch (MissingParameterValueException) when (Optional)
        {
            return null;
        }
        return value is not null || Optional ? value
            : throw new DistributedApplicationException($"Resource '{Resource.Name}' has no connection string.");
    }
}
