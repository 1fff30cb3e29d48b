using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>One process or container of a resource. Its name stays the same through all restarts.</summary>
/// <param name="resource">The resource.</param>
/// <param name="id">Its name in DCP.</param>
/// <param name="index">Which of the replicas it is, from 0.</param>
internal sealed class Instance(IResource resource, string id, int index)
{
    public IResource Resource { get; } = resource;

    public string Id { get; } = id;

    public int Index { get; } = index;

    /// <summary>One start, stop or restart at a time.</summary>
    public SemaphoreSlim Gate { get; } = new(1);

    /// <summary>The object in DCP that stands for it now, or the one to come.</summary>
    public DcpLife Life { get; set; } = new();

    /// <summary>The variables that were said, as against those inherited.</summary>
    public IReadOnlyList<DcpVariable> Environment { get; set; } = [];

    /// <summary>A stop was asked for: that it ends is no fault.</summary>
    public bool StopRequested { get; set; }

    public string Plural => Resource is ContainerResource ? "containers" : "executables";

    public string Kind => Resource is ContainerResource ? "Container" : "Executable";

    public static bool Runs(IResource resource) => resource is ProjectResource or ExecutableResource or ContainerResource;

    /// <summary>Gives a resource the names of its instances.</summary>
    public static IEnumerable<Instance> Of(IResource resource)
    {
        var count = resource is ProjectResource ? resource.GetReplicaCount() : 1;
        string[] ids = [.. Enumerable.Range(0, count).Select(_ => $"{resource.Name}-{Suffix()}")];
        resource.Annotations.Add(new InstancesAnnotation(ids));
        return ids.Select((id, index) => new Instance(resource, id, index));
    }

    private static string Suffix() => string.Create(8, 0, (letters, _) => Random.Shared.GetItems("abcdefghjkmnpqrstuvwxyz", letters));
}

/// <summary>From an object's creation in DCP to its deletion.</summary>
internal sealed class DcpLife
{
    public TaskCompletionSource Created { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Deleted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
