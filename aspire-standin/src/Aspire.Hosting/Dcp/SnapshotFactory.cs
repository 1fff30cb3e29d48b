using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Turns what DCP says of an instance into what is known of it.</summary>
internal static class SnapshotFactory
{
    public static CustomResourceSnapshot Apply(CustomResourceSnapshot previous, Instance instance, DcpObject<InstanceSpec> seen)
    {
        var status = seen.Status;
        var state = State(status, previous, instance);
        var runs = state == KnownResourceStates.Running;
        var kept = runs && previous.State?.Text == KnownResourceStates.Running;
        return previous with
        {
            State = new ResourceStateSnapshot(state, Style(state, status, instance)),
            ExitCode = status?.ExitCode,
            StartTimeStamp = status?.StartupTimestamp?.UtcDateTime,
            StopTimeStamp = status?.FinishTimestamp?.UtcDateTime,
            StoppedOnRequest = instance.StopRequested,
            Ready = kept ? previous.Ready : null,
            HealthReports = kept ? previous.HealthReports : [.. previous.HealthReports.Select(r => new HealthReportSnapshot(r.Name, null, null, null))],
            Urls = [.. previous.Urls.Select(url => url with { IsInactive = !runs })],
            EnvironmentVariables = Environment(instance, status),
            Volumes = [.. (seen.Spec.VolumeMounts ?? []).Select(m => new VolumeSnapshot(m.Source, m.Target, m.Type, m.ReadOnly ?? false))],
            Properties = [.. Properties(instance, seen.Spec, status)],
        };
    }

    private static string State(DcpStatus? status, CustomResourceSnapshot previous, Instance instance) => status?.State switch
    {
        null or "" or "Pending" => previous.State is { Text: var text } && !KnownResourceStates.TerminalStates.Contains(text) ? text : KnownResourceStates.Starting,
        "Running" when instance.StopRequested => KnownResourceStates.Stopping,
        "Terminated" or "Unknown" => KnownResourceStates.Exited,
        var said => said,
    };

    private static string? Style(string state, DcpStatus? status, Instance instance) => state switch
    {
        nameof(KnownResourceStates.Running) => KnownResourceStateStyles.Success,
        nameof(KnownResourceStates.FailedToStart) or nameof(KnownResourceStates.RuntimeUnhealthy) => KnownResourceStateStyles.Error,
        nameof(KnownResourceStates.Finished) or nameof(KnownResourceStates.Exited) when status?.ExitCode is not (null or 0) && !instance.StopRequested =>
            KnownResourceStateStyles.Error,
        _ => null,
    };

    private static ImmutableArray<EnvironmentVariableSnapshot> Environment(Instance instance, DcpStatus? status)
    {
        var effective = (status?.EffectiveEnv ?? []).DistinctBy(v => v.Name).ToDictionary(v => v.Name, v => v.Value);
        return [.. instance.Environment.Select(v => new EnvironmentVariableSnapshot(v.Name, effective.GetValueOrDefault(v.Name, v.Value), IsFromSpec: true))];
    }

    private static IEnumerable<ResourcePropertySnapshot> Properties(Instance instance, InstanceSpec spec, DcpStatus? status)
    {
        var arguments = (status?.EffectiveArgs ?? spec.Args).ToImmutableArray();
        if (instance.Resource is ContainerResource)
        {
            yield return new("container.image", spec.Image);
            yield return new("container.id", status?.ContainerId);
            yield return new("container.command", spec.Command);
            yield return new("container.args", arguments) { IsSensitive = true };
            yield break;
        }
        if (instance.Resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project)
        {
            yield return new("project.path", project.ProjectPath);
            yield return new("project.launchProfile", instance.Environment.FirstOrDefault(v => v.Name == "DOTNET_LAUNCH_PROFILE")?.Value);
        }
        yield return new("executable.path", spec.ExecutablePath);
        yield return new("executable.workDir", spec.WorkingDirectory);
        // Arguments may carry secrets.
        yield return new("executable.args", arguments) { IsSensitive = true };
        yield return new("executable.pid", status?.Pid);
    }
}
