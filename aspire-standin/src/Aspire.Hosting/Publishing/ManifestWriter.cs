using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes each resource of the model in the shape of its type, then what they refer to and the model does not list.</summary>
internal sealed class ManifestWriter(
    Utf8JsonWriter json, DistributedApplicationExecutionContext context, string path, CancellationToken cancellationToken)
{
    private readonly ManifestReferences _references = new();
    private readonly ManifestPorts _ports = new();

    public async Task WriteAsync(DistributedApplicationModel model)
    {
        _references.Begin(model.Resources);
        json.WriteStartObject();
        json.WriteStartObject("resources");
        foreach (var resource in model.Resources)
            await WriteResourceAsync(resource);
        foreach (var resource in _references.NotListed())
            await WriteResourceAsync(resource);
        foreach (var parameter in _references.EncodedParameters())
            WriteEncoded(parameter);
        foreach (var conditional in _references.Conditionals)
            await WriteConditionalAsync(conditional);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private async Task WriteResourceAsync(IResource resource)
    {
        if (resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out _))
            return;
        json.WriteStartObject(resource.Name);
        await WriteBodyAsync(resource);
        json.WriteEndObject();
        if (resource is ParameterResource parameter)
            WriteEncoded(parameter);
    }

    private Task WriteBodyAsync(IResource resource)
    {
        switch (resource)
        {
            case ContainerResource container:
                return WriteContainerAsync(container);
            case ProjectResource project:
                json.WriteString("type", "project.v0");
                json.WriteString("path", Relative(project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
                return WriteProcessAsync(project);
            case ExecutableResource executable:
                json.WriteString("type", "executable.v0");
                WriteConnectionString(executable);
                json.WriteString("workingDirectory", Relative(executable.WorkingDirectory));
                json.WriteString("command", executable.Command);
                return WriteProcessAsync(executable);
            case ParameterResource parameter:
                ManifestParameter.Write(json, parameter);
                return Task.CompletedTask;
            case IResourceWithConnectionString:
                json.WriteString("type", "value.v0");
                WriteConnectionString(resource);
                return Task.CompletedTask;
            default:
                json.WriteString("error", "This resource does not support generation in the manifest.");
                return Task.CompletedTask;
        }
    }

    private async Task WriteContainerAsync(ContainerResource container)
    {
        json.WriteString("type", "container.v0");
        WriteConnectionString(container);
        json.WriteString("image", container.Annotations.OfType<ContainerImageAnnotation>().Last().FullName);
        if (container.Entrypoint is not null)
            json.WriteString("entrypoint", container.Entrypoint);
        await WriteArgumentsAsync(container);
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().ToLookup(mount => mount.Type);
        WriteMounts("bindMounts", "source", mounts[ContainerMountType.BindMount], mount => Relative(mount.Source!));
        WriteMounts("volumes", "name", mounts[ContainerMountType.Volume], mount => mount.Source);
        await WriteEnvironmentAsync(container);
        _ports.WriteBindings(json, container);
    }

    private async Task WriteProcessAsync(IResource resource)
    {
        await WriteArgumentsAsync(resource);
        await WriteEnvironmentAsync(resource);
        _ports.WriteBindings(json, resource);
    }

    private void WriteMounts(
        string name, string sourceName, IEnumerable<ContainerMountAnnotation> mounts, Func<ContainerMountAnnotation, string?> source)
    {
        if (!mounts.Any())
            return;
        json.WriteStartArray(name);
        foreach (var mount in mounts)
        {
            json.WriteStartObject();
            if (source(mount) is { } text)
                json.WriteString(sourceName, text);
            json.WriteString("target", mount.Target);
            json.WriteBoolean("readOnly", mount.IsReadOnly);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteConnectionString(IResource resource)
    {
        if (resource is IResourceWithConnectionString owner)
            json.WriteString("connectionString", _references.Expression(owner.ConnectionStringExpression));
    }

    private async Task WriteEnvironmentAsync(IResource resource)
    {
        var environment = new EnvironmentCallbackContext(context, resource, cancellationToken: cancellationToken);
        foreach (var said in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
            await said.Callback(environment);
        if (environment.EnvironmentVariables.Count == 0)
            return;
        json.WriteStartObject("env");
        foreach (var (name, value) in environment.EnvironmentVariables)
            json.WriteString(name, _references.Expression(value));
        json.WriteEndObject();
    }

    private async Task WriteArgumentsAsync(IResource resource)
    {
        var arguments = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = context };
        foreach (var said in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToList())
            await said.Callback(arguments);
        if (arguments.Args.Count == 0)
            return;
        json.WriteStartArray("args");
        foreach (var value in arguments.Args)
            json.WriteStringValue(_references.Expression(value));
        json.WriteEndArray();
    }

    private void WriteEncoded(ParameterResource parameter)
    {
        foreach (var (format, name) in _references.TakeEncodings(parameter))
        {
            json.WriteStartObject(name);
            json.WriteString("type", "annotated.string");
            json.WriteString("value", parameter.ValueExpression);
            json.WriteString("filter", format);
            json.WriteEndObject();
        }
    }

    private async Task WriteConditionalAsync(ConditionalValue conditional)
    {
        json.WriteStartObject(conditional.Name);
        json.WriteString("type", "value.v0");
        json.WriteString("connectionString", await conditional.GetValueAsync(cancellationToken));
        json.WriteEndObject();
    }

    private string Relative(string target) => Path.GetRelativePath(Path.GetDirectoryName(path)!, target).Replace('\\', '/');
}
