using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Starts the resource after another one is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => builder.Wait(dependency.Resource, WaitType.WaitUntilHealthy, null);

    /// <summary>Starts the resource after another one is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => builder.Wait(dependency.Resource, WaitType.WaitUntilHealthy, waitBehavior);

    /// <summary>Starts the resource after another one ended with an exit code.</summary>
    public static IResourceBuilder<T> WaitForCompletion<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => builder.Wait(dependency.Resource, WaitType.WaitForCompletion, null, exitCode);

    /// <summary>Starts the resource only when asked to.</summary>
    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(new ExplicitStartupAnnotation());

    /// <summary>Makes a registered health check part of the resource's health.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key) where T : IResource
    {
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(h => h.Key == key))
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has the health check '{key}'.");
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    /// <summary>Makes the answer of an http endpoint part of the resource's health.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="path">Default: /</param>
    /// <param name="statusCode">Default: 200.</param>
    /// <param name="endpointName">Default: the first http endpoint.</param>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var key = $"{builder.Resource.Name}_{endpointName ?? "http"}_{path ?? "/"}_{statusCode ?? 200}_check";
        HttpHealthCheck.Add(builder.ApplicationBuilder.Services, key, builder.Resource, endpointName, path ?? "/", statusCode ?? 200);
        return builder.WithHealthCheck(key);
    }

    /// <summary>Adds something the resource can be told to do.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="name">Unique within the resource; a second one replaces the first.</param>
    /// <param name="displayName">Its name for people.</param>
    /// <param name="executeCommand">Does it.</param>
    /// <param name="commandOptions">How it is shown.</param>
    public static IResourceBuilder<T> WithCommand<T>(
        this IResourceBuilder<T> builder,
        string name,
        string displayName,
        Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand,
        CommandOptions? commandOptions = null)
        where T : IResource
    {
        foreach (var earlier in builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().Where(c => c.Name == name).ToList())
            builder.Resource.Annotations.Remove(earlier);
        return builder.WithAnnotation(new ResourceCommandAnnotation(name, displayName, executeCommand, commandOptions ?? new CommandOptions()));
    }

    /// <summary>Leaves the resource out of the manifest.</summary>
    public static IResourceBuilder<T> ExcludeFromManifest<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(ManifestPublishingCallbackAnnotation.Ignore);

    private static IResourceBuilder<T> Wait<T>(
        this IResourceBuilder<T> builder, IResource dependency, WaitType type, WaitBehavior? behavior, int exitCode = 0)
        where T : IResourceWithWaitSupport
    {
        if (ReferenceEquals(dependency, builder.Resource))
            throw new DistributedApplicationException($"Resource '{dependency.Name}' cannot wait for itself.");
        // What lives inside another resource cannot come before it.
        if (dependency is IResourceWithParent child && type != WaitType.WaitForCompletion) builder.Wait(child.Parent, type, behavior);
        return builder.WithAnnotation(new WaitAnnotation(dependency, type, exitCode) { WaitBehavior = behavior });
    }
}
