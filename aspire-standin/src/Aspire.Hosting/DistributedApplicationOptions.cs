using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How the app host is made.</summary>
public sealed class DistributedApplicationOptions
{
    /// <summary>Command line arguments.</summary>
    public string[]? Args { get; set; }

    /// <summary>The app host's assembly; default: the one that was started.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>No dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>The folder of the app host's project; default: where it was built.</summary>
    public string? ProjectDirectory { get; set; }

    /// <summary>http is good enough for dashboard and telemetry.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    internal Assembly? Assembly => AssemblyName is { } name ? Assembly.Load(name) : Assembly.GetEntryAssembly();

    /// <summary>Fixed ports behind a proxy become random ones, so that two graphs run at once.</summary>
    internal bool RandomizePorts { get; set; }

    /// <summary>The environment; default: what the configuration says.</summary>
    internal string? EnvironmentName { get; set; }
}
