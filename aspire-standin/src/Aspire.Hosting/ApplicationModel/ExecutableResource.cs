namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program on this machine.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">A path, or a name found on PATH.</param>
/// <param name="workingDirectory">An absolute path.</param>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>A path, or a name found on PATH.</summary>
    public string Command { get; } = command;

    /// <summary>An absolute path.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A .NET project of this solution.</summary>
/// <param name="name">The resource's name.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IResourceWithProbes,
        IComputeResource, IContainerFilesDestinationResource;

/// <summary>A container.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="entrypoint">Instead of the image's own.</param>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>Instead of the image's own.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}
