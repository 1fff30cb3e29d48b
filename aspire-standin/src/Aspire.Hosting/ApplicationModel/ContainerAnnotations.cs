namespace Aspire.Hosting.ApplicationModel;

/// <summary>The image of a container.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    /// <summary>Host of the registry.</summary>
    public string? Registry { get; set; }

    /// <summary>Repository in the registry.</summary>
    public required string Image { get; set; }

    /// <summary>Version.</summary>
    public string? Tag { get; set; }

    internal string FullName => $"{(Registry is null ? "" : Registry + "/")}{Image}:{Tag ?? "latest"}";
}

/// <summary>A volume or folder inside a container.</summary>
/// <param name="source">Volume name or folder; null means an anonymous volume.</param>
/// <param name="target">Absolute path in the container.</param>
/// <param name="type">Volume or folder.</param>
/// <param name="isReadOnly">No writing.</param>
public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    /// <summary>Volume name or folder; null means an anonymous volume.</summary>
    public string? Source { get; } = source;

    /// <summary>Absolute path in the container.</summary>
    public string Target { get; } = target;

    /// <summary>Volume or folder.</summary>
    public ContainerMountType Type { get; } = type;

    /// <summary>No writing.</summary>
    public bool IsReadOnly { get; } = isReadOnly;
}

/// <summary>What is mounted.</summary>
public enum ContainerMountType
{
    /// <summary>A folder of this machine.</summary>
    BindMount,

    /// <summary>A volume of the container engine.</summary>
    Volume,
}

/// <summary>How long a container lives.</summary>
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    /// <summary>How long.</summary>
    public required ContainerLifetime Lifetime { get; set; }
}

/// <summary>How long a container lives.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the app host.</summary>
    Session,

    /// <summary>Longer than the app host, which finds it again.</summary>
    Persistent,
}
