using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the state of every resource and tells those who watch. This is also what the dashboard's resource service reads.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private readonly IServiceProvider _services;
    private bool _disposed;

    internal ResourceNotificationService(IServiceProvider services) => _services = services;

    /// <summary>Waits until the resource has a state.</summary>
    /// <param name="resourceName">Its name.</param>
    /// <param name="targetState">Default: Running.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until the resource has one of the states, and says which.</summary>
    public async Task<string> WaitForResourceAsync(
        string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        var wanted = targetStates.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var found = await WaitForResourceAsync(resourceName, e => e.Snapshot.State is { Text: var s } && wanted.Contains(s), cancellationToken);
        return found.Snapshot.State!.Text;
    }

    /// <summary>Waits until something holds for the resource or one of its replicas.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        ThrowIfUnknown(resourceName);
        await foreach (var e in WatchAsync(cancellationToken))
        {
            if (Means(e, resourceName) && predicate(e)) return e;
        }
        throw new OperationCanceledException($"The application stopped before what '{resourceName}' was waited for came.");
    }

    /// <summary>Waits until the resource runs and is healthy.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultBehavior, cancellationToken);

    /// <summary>Waits until the resource runs and is healthy; throws, where told so, once it ended instead.</summary>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var stop = waitBehavior == WaitBehavior.StopOnResourceUnavailable;
        var e = await WaitForResourceAsync(resourceName, e => IsReady(e.Snapshot) || (stop && HasEnded(e.Snapshot)), cancellationToken);
        if (!IsReady(e.Snapshot)) throw new DistributedApplicationException($"Resource '{resourceName}' {Fate(e.Snapshot)} before it was healthy.");
        await e.Snapshot.Ready!.WaitAsync(cancellationToken);
        return e;
    }

    /// <summary>What is known of a resource, or of one of its replicas, now.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_gate) resourceEvent = _states.GetValueOrDefault(resourceId) ?? _states.Values.FirstOrDefault(e => Means(e, resourceId));
        return resourceEvent is not null;
    }

    /// <summary>All that is known now, then every change. Ends when the application does.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        lock (_gate)
        {
            foreach (var state in _states.Values) channel.Writer.TryWrite(state);
            if (_disposed) channel.Writer.Complete();
            _watchers.Add(channel);
        }
        try
        {
            await foreach (var e in channel.Reader.ReadAllAsync(cancellationToken)) yield return e;
        }
        finally
        {
            lock (_gate) _watchers.Remove(channel);
        }
    }

    /// <summary>Changes what is known of one replica.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_gate)
        {
            var previous = _states.GetValueOrDefault(resourceId)?.Snapshot;
            var next = stateFactory(previous ?? ResourceSnapshots.Initial(resource));
            if (next == previous) return Task.CompletedTask;
            var e = new ResourceEvent(resource, resourceId, ResourceSnapshots.Completed(resource, next, _services));
            _states[resourceId] = e;
            foreach (var watcher in _watchers) watcher.Writer.TryWrite(e);
        }
        return Task.CompletedTask;
    }

    /// <summary>Changes what is known of a resource, in all its replicas.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var id in resource.InstanceIds()) await PublishUpdateAsync(resource, id, stateFactory);
    }

    /// <summary>Ends all watching.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var watcher in _watchers) watcher.Writer.TryComplete();
        }
        GC.SuppressFinalize(this);
    }

    internal WaitBehavior DefaultBehavior => _services.GetRequiredService<IOptions<ResourceNotificationServiceOptions>>().Value.DefaultWaitBehavior;

    internal IReadOnlyList<CustomResourceSnapshot> Current(IResource resource)
    {
        lock (_gate) return [.. resource.InstanceIds().Select(id => _states.GetValueOrDefault(id)?.Snapshot).OfType<CustomResourceSnapshot>()];
    }

    internal static bool IsReady(CustomResourceSnapshot snapshot) => snapshot is { HealthStatus: HealthStatus.Healthy, Ready: not null };

    internal static bool HasEnded(CustomResourceSnapshot snapshot) => !snapshot.StoppedOnRequest &&
        snapshot.State is { Text: var state } && (KnownResourceStates.TerminalStates.Contains(state) || state == KnownResourceStates.RuntimeUnhealthy);

    internal static string Fate(CustomResourceSnapshot snapshot) => snapshot.State?.Text switch
    {
        var s when s == KnownResourceStates.FailedToStart => "could not be started",
        var s when s == KnownResourceStates.RuntimeUnhealthy => "has no container engine",
        _ => $"ended with exit code {snapshot.ExitCode?.ToString() ?? "unknown"}",
    };

    private static bool Means(ResourceEvent e, string name) =>
        string.Equals(e.Resource.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(e.ResourceId, name, StringComparison.OrdinalIgnoreCase);

    private void ThrowIfUnknown(string name)
    {
        var known = _services.GetRequiredService<DistributedApplicationModel>().Resources;
        if (!known.TryGetByName(name, out _) && !known.Any(r => r.InstanceIds().Contains(name, StringComparer.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There is no resource '{name}'.");
    }
}

/// <summary>How waiting works where nothing else was said.</summary>
public sealed class ResourceNotificationServiceOptions
{
    /// <summary>What to do where what is waited for cannot come.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; }
}
