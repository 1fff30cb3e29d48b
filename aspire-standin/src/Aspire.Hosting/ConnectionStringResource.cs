using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A connection string made of other values.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="connectionStringExpression">How it is made.</param>
public sealed class ConnectionStringResource(string name, ReferenceExpression connectionStringExpression)
    : Resource(name), IResourceWithConnectionString, IResourceWithWaitSupport
{
    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression { get; } = connectionStringExpression;
}

/// <summary>A connection string given from outside.</summary>
internal sealed class ConnectionStringParameterResource(ParameterResource parameter, string? variable)
    : Resource(parameter.Name), IResourceWithConnectionString
{
    public ParameterResource Parameter { get; } = parameter;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parameter}");

    public string? ConnectionStringEnvironmentVariable => variable;
}

/// <summary>Adds connection strings made of other values.</summary>
public static class ConnectionStringBuilderExtensions
{
    /// <summary>Adds a connection string made of other values.</summary>
    public static IResourceBuilder<ConnectionStringResource> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, ReferenceExpression connectionStringExpression)
    {
        var resource = builder.AddResource(new ConnectionStringResource(name, connectionStringExpression));
        foreach (var source in connectionStringExpression.ValueProviders.OfType<IResource>()) resource.WithReferenceRelationship(source);
        return resource;
    }
}
