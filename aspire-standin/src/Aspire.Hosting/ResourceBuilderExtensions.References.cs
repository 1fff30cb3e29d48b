using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Gives the resource another one's connection string as <c>ConnectionStrings__name</c>, and its parts as <c>NAME_PART</c>.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="source">The other one.</param>
    /// <param name="connectionName">Instead of the other one's name.</param>
    /// <param name="optional">Fine where there is none.</param>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var name = connectionName ?? source.Resource.Name;
        return builder.WithReferenceTo(source.Resource).WithEnvironment(context =>
        {
            var variable = source.Resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}";
            context.EnvironmentVariables[variable] = new ConnectionStringReference(source.Resource, optional);
            foreach (var (part, value) in source.Resource.GetConnectionProperties())
                context.EnvironmentVariables[$"{ResourceNames.AsVariable(name)}_{part.ToUpperInvariant()}"] = value;
        });
    }

    /// <summary>Gives the resource the addresses of another one as <c>services__name__endpoint__0</c> and <c>NAME_ENDPOINT</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment =>
        builder.WithReferenceTo(source.Resource).WithEnvironment(context =>
        {
            foreach (var endpoint in source.Resource.GetEndpoints()) AddService(context, endpoint);
        });

    /// <summary>Gives the resource one address of another one.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        builder.WithReferenceTo(endpointReference.Resource).WithEnvironment(context => AddService(context, endpointReference));

    /// <summary>Shows that the resource belongs to another one.</summary>
    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));

    /// <summary>Shows the resource below another one.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource => builder.WithRelationship(parent.Resource, "Parent");

    /// <summary>Shows the resource below another one.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource => builder.WithRelationship(parent, "Parent");

    /// <summary>Shows that the resource uses another one.</summary>
    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource => builder.WithRelationship(resource, "Reference");

    private static IResourceBuilder<T> WithReferenceTo<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource => ReferenceEquals(resource, builder.Resource) ? builder : builder.WithRelationship(resource, "Reference");

    private static void AddService(EnvironmentCallbackContext context, EndpointReference endpoint)
    {
        var (service, name) = (endpoint.Resource.Name, endpoint.EndpointName);
        context.EnvironmentVariables[$"{ResourceNames.AsVariable(service)}_{ResourceNames.AsVariable(name)}"] = endpoint;
        context.EnvironmentVariables[$"services__{service}__{name}__0"] = endpoint;
    }
}
