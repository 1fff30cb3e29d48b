using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Before anything starts or is published.</summary>
/// <param name="services">The application's services.</param>
/// <param name="model">The resources, which may still change.</param>
public class BeforeStartEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
{
    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; } = services;

    /// <summary>The resources, which may still change.</summary>
    public DistributedApplicationModel Model { get; } = model;
}

/// <summary>After all resources were started.</summary>
/// <param name="services">The application's services.</param>
/// <param name="model">The resources.</param>
public class AfterResourcesCreatedEvent(IServiceProvider services, DistributedApplicationModel model) : IDistributedApplicationEvent
{
    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; } = services;

    /// <summary>The resources.</summary>
    public DistributedApplicationModel Model { get; } = model;
}

/// <summary>A resource is to be set up: where a resource of one's own starts its life.</summary>
public class InitializeResourceEvent : IDistributedApplicationResourceEvent
{
    internal InitializeResourceEvent(
        IResource resource,
        IDistributedApplicationEventing eventing,
        ResourceLoggerService loggers,
        ResourceNotificationService notifications,
        IServiceProvider services)
    {
        (Resource, Eventing, Notifications, Services) = (resource, eventing, notifications, services);
        Logger = loggers.GetLogger(resource);
    }

    /// <inheritdoc/>
    public IResource Resource { get; }

    /// <summary>Publishes further events.</summary>
    public IDistributedApplicationEventing Eventing { get; }

    /// <summary>The resource's own log.</summary>
    public ILogger Logger { get; }

    /// <summary>Takes the resource's states.</summary>
    public ResourceNotificationService Notifications { get; }

    /// <inheritdoc/>
    public IServiceProvider Services { get; }
}

/// <summary>A resource's connection string can be read.</summary>
/// <param name="resource">The resource.</param>
/// <param name="services">The application's services.</param>
public class ConnectionStringAvailableEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    /// <inheritdoc/>
    public IResource Resource { get; } = resource;

    /// <inheritdoc/>
    public IServiceProvider Services { get; } = services;
}

/// <summary>A resource is about to start; its start waits for those who listen.</summary>
/// <param name="resource">The resource.</param>
/// <param name="services">The application's services.</param>
public class BeforeResourceStartedEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    /// <inheritdoc/>
    public IResource Resource { get; } = resource;

    /// <inheritdoc/>
    public IServiceProvider Services { get; } = services;
}

/// <summary>A resource runs and is healthy for the first time since it started; those who wait for it wait for the listeners too.</summary>
/// <param name="resource">The resource.</param>
/// <param name="services">The application's services.</param>
public class ResourceReadyEvent(IResource resource, IServiceProvider services) : IDistributedApplicationResourceEvent
{
    /// <inheritdoc/>
    public IResource Resource { get; } = resource;

    /// <inheritdoc/>
    public IServiceProvider Services { get; } = services;
}

/// <summary>What is known of a resource has changed.</summary>
/// <param name="resource">The resource.</param>
/// <param name="resourceId">The resource's name, or that of one of its replicas.</param>
/// <param name="snapshot">What is known.</param>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The resource's name, or that of one of its replicas.</summary>
    public string ResourceId { get; } = resourceId;

    /// <summary>What is known.</summary>
    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}
