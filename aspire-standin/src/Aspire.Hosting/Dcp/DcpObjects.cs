using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aspire.Hosting.Dcp;

/// <summary>An object of DCP's API, as far as it is used here.</summary>
/// <typeparam name="TSpec">What is wanted.</typeparam>
internal sealed record DcpObject<TSpec>(string Kind, DcpMetadata Metadata, TSpec Spec)
{
    public string ApiVersion { get; init; } = $"{DcpJson.Group}/v1";

    /// <summary>What is; never sent.</summary>
    public DcpStatus? Status { get; init; }
}

internal sealed record DcpMetadata(string Name, Dictionary<string, string>? Annotations = null);

internal sealed record DcpStatus
{
    public string? State { get; init; }

    public string? EffectiveAddress { get; init; }

    public int? EffectivePort { get; init; }

    public int? Pid { get; init; }

    public string? ContainerId { get; init; }

    public string? Message { get; init; }

    public int? ExitCode { get; init; }

    public DateTimeOffset? StartupTimestamp { get; init; }

    public DateTimeOffset? FinishTimestamp { get; init; }

    public List<DcpVariable>? EffectiveEnv { get; init; }

    public List<string>? EffectiveArgs { get; init; }
}

internal sealed record DcpVariable(string Name, string? Value);

internal sealed record ServiceSpec(int? Port)
{
    public string Address { get; init; } = "localhost";

    public string Protocol { get; init; } = "TCP";

    public string AddressAllocationMode { get; init; } = "Localhost";
}

/// <summary>One process behind a service.</summary>
internal sealed record EndpointSpec(string ServiceName, string Address, int Port);

/// <summary>Executables and containers: each uses its part.</summary>
internal sealed record InstanceSpec
{
    public string? ExecutablePath { get; init; }

    public string? WorkingDirectory { get; init; }

    public string? ExecutionType { get; init; }

    public string? Image { get; init; }

    public string? ContainerName { get; init; }

    public string? Command { get; init; }

    public string? RestartPolicy { get; init; }

    public bool? Persistent { get; init; }

    public List<PortSpec>? Ports { get; init; }

    public List<MountSpec>? VolumeMounts { get; init; }

    public List<NetworkLink>? Networks { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyList<DcpVariable> Env { get; init; } = [];
}

internal sealed record PortSpec(int ContainerPort)
{
    public string Protocol { get; init; } = "TCP";
}

internal sealed record MountSpec(string Type, string? Source, string Target, bool? ReadOnly);

internal sealed record NetworkLink(string Name, List<string> Aliases);

internal sealed record NetworkSpec(string NetworkName);

internal sealed record DcpChange<TSpec>(string Type, DcpObject<TSpec> Object);

internal static class DcpJson
{
    public const string Group = "usvc-dev.developer.microsoft.com";

    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
