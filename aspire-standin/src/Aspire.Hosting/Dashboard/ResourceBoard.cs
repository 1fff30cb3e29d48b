using Aspire.Hosting.Dashboard.Wire;

namespace Aspire.Hosting.Dashboard;

/// <summary>What every resource looks like right now, and who watches it.</summary>
internal sealed class ResourceBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Resource> _current = [];
    private readonly List<ResourceWatcher> _watchers = [];

    public void Upsert(Resource resource)
    {
        lock (_gate)
        {
            _current[resource.Name] = resource;
            Tell(resource.Name, new WatchResourcesChange { Upsert = resource });
        }
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            if (_current.Remove(name, out var resource))
                Tell(name, new WatchResourcesChange { Delete = new() { ResourceName = name, ResourceType = resource.ResourceType } });
        }
    }

    /// <summary>Everything as it is, and a watcher that misses nothing from here on.</summary>
    public (IReadOnlyList<Resource> Resources, ResourceWatcher Watcher) Watch()
    {
        var watcher = new ResourceWatcher(Forget);
        lock (_gate)
        {
            _watchers.Add(watcher);
            return ([.. _current.Values], watcher);
        }
    }

    private void Tell(string name, WatchResourcesChange change)
    {
        foreach (var watcher in _watchers)
            watcher.Add(name, change);
    }

    private void Forget(ResourceWatcher watcher)
    {
        lock (_gate)
            _watchers.Remove(watcher);
    }
}
