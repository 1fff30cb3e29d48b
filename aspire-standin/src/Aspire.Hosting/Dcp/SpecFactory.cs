using System.Text.Json;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Says what DCP has to run for an instance, with all values as they are now.</summary>
internal sealed partial class SpecFactory(AppHost appHost, DistributedApplicationExecutionContext context, ResourceLoggerService loggers)
{
    public const string Network = "aspire-container-network";

    public async Task<DcpObject<InstanceSpec>> CreateAsync(Instance instance, CancellationToken cancellationToken)
    {
        var resource = instance.Resource;
        var environment = await EnvironmentAsync(resource, cancellationToken);
        var arguments = await ArgumentsAsync(resource, cancellationToken);
        var spec = resource switch
        {
            ProjectResource project => Project(project, arguments),
            ExecutableResource executable => Executable(executable.Command, executable.WorkingDirectory, arguments),
            _ => Container((ContainerResource)resource, instance, arguments),
        };
        return new(instance.Kind, new(instance.Id, Annotations(instance)), spec with { Env = environment });
    }

    private static InstanceSpec Executable(string command, string folder, IReadOnlyList<string> arguments) =>
        new() { ExecutablePath = command, WorkingDirectory = folder, ExecutionType = "Process", Args = arguments };

    /// <summary>
    /// The built assembly itself: `dotnet run` in between would cost a second at each start, and a stop signal would meet the wrapper.
    /// </summary>
    private InstanceSpec Project(ProjectResource project, IReadOnlyList<string> arguments)
    {
        var path = project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var folder = Path.GetDirectoryName(path)!;
        return appHost.OutputOf(path) is { } assembly
            ? Executable(dotnet, folder, [assembly, .. arguments])
            : Executable(dotnet, folder, ["run", "--project", path, "--no-launch-profile", "--", .. arguments]);
    }

    private static InstanceSpec Container(ContainerResource container, Instance instance, IReadOnlyList<string> arguments)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() ??
            throw new DistributedApplicationException($"Container '{container.Name}' has no image.");
        var lifetime = container.Annotations.OfType<ContainerLifetimeAnnotation>().LastOrDefault()?.Lifetime;
        return new()
        {
            Image = image.FullName,
            ContainerName = instance.Id,
            Command = container.Entrypoint,
            Args = arguments,
            RestartPolicy = "no",
            Persistent = lifetime == ContainerLifetime.Persistent ? true : null,
            Ports = [.. container.Annotations.OfType<EndpointAnnotation>().Select(e => new PortSpec(TargetPort(container, e)))],
            VolumeMounts = [.. container.Annotations.OfType<ContainerMountAnnotation>().Select(m => new MountSpec(
                m.Type == ContainerMountType.Volume ? "volume" : "bind", m.Source, m.Target, m.IsReadOnly ? true : null))],
            Networks = [new(Network, [container.Name, $"{container.Name}.dev.internal"])],
        };
    }

    private static int TargetPort(ContainerResource resource, EndpointAnnotation endpoint) => endpoint.TargetPort ??
        throw new DistributedApplicationException($"Endpoint '{endpoint.Name}' of container '{resource.Name}' has no target port.");

    private static Dictionary<string, string> Annotations(Instance instance)
    {
        var resource = instance.Resource;
        var produced = resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.IsProxied)
            .Select(e => new { serviceName = EndpointAllocator.ServiceName(resource, e), address = "localhost", port = e.TargetPort });
        return new()
        {
            ["resource-name"] = resource.Name,
            ["resource-replica-index"] = $"{instance.Index}",
            ["resource-replica-count"] = $"{resource.InstanceIds().Count}",
            ["otel-service-name"] = resource.Name,
            ["otel-service-instance-id"] = instance.Id[(resource.Name.Length + 1)..],
            ["service-producer"] = JsonSerializer.Serialize(produced),
        };
    }

    private async Task<List<DcpVariable>> EnvironmentAsync(IResource resource, CancellationToken cancellationToken)
    {
        var said = new EnvironmentCallbackContext(context, resource, [], cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList()) await callback.Callback(said);
        var variables = new List<DcpVariable>();
        foreach (var (name, value) in said.EnvironmentVariables)
            if (await TextAsync(value, cancellationToken) is { } text) variables.Add(new(name, text));
        return variables;
    }

    private async Task<List<string>> ArgumentsAsync(IResource resource, CancellationToken cancellationToken)
    {
        var said = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = context, Logger = loggers.GetLogger(resource) };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList()) await callback.Callback(said);
        var arguments = new List<string>();
        foreach (var value in said.Args)
            if (await TextAsync(value, cancellationToken) is { } text) arguments.Add(text);
        return arguments;
    }

    private static async ValueTask<string?> TextAsync(object? value, CancellationToken cancellationToken)
    {
        var text = value switch
        {
            IResourceBuilder<IResource> { Resource: IValueProvider resource } => await resource.GetValueAsync(cancellationToken),
            IValueProvider provider => await provider.GetValueAsync(cancellationToken),
            _ => value?.ToString(),
        };
        // DCP expands Go templates; a password that looks like one must stay as it is.
        return text is null ? null : ForeignTemplate().Replace(text, "{{\"{{\"}}");
    }

    [GeneratedRegex("""\{\{(?!- (?:portForServing "|index \.Annotations "))""")]
    private static partial Regex ForeignTemplate();
}
