using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>All that is known of a resource, or of one of its replicas, at one moment.</summary>
public sealed record CustomResourceSnapshot
{
    /// <summary>Shown as its type.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Facts by name.</summary>
    public required ImmutableArray<ResourcePropertySnapshot> Properties { get; init; }

    /// <summary>When it was created, UTC.</summary>
    public DateTime? CreationTimeStamp { get; init; }

    /// <summary>When it last started, UTC.</summary>
    public DateTime? StartTimeStamp { get; init; }

    /// <summary>When it last stopped, UTC.</summary>
    public DateTime? StopTimeStamp { get; init; }

    /// <summary>One of <see cref="KnownResourceStates"/> or another text.</summary>
    public ResourceStateSnapshot? State { get; init; }

    /// <summary>How its process ended.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The worst of its reports; null where it does not run.</summary>
    public HealthStatus? HealthStatus => State?.Text != KnownResourceStates.Running ? null
        : HealthReports.IsDefaultOrEmpty ? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy
        : HealthReports.Min(r => r.Status ?? Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Unhealthy);

    /// <summary>What its health checks said last.</summary>
    public ImmutableArray<HealthReportSnapshot> HealthReports { get; internal init; } = [];

    /// <summary>The environment it was started with.</summary>
    public ImmutableArray<EnvironmentVariableSnapshot> EnvironmentVariables { get; init; } = [];

    /// <summary>Where it is reached.</summary>
    public ImmutableArray<UrlSnapshot> Urls { get; init; } = [];

    /// <summary>Its mounts.</summary>
    public ImmutableArray<VolumeSnapshot> Volumes { get; init; } = [];

    /// <summary>What it can be told to do.</summary>
    public ImmutableArray<ResourceCommandSnapshot> Commands { get; init; } = [];

    /// <summary>What it belongs to.</summary>
    public ImmutableArray<RelationshipSnapshot> Relationships { get; init; } = [];

    /// <summary>Not shown.</summary>
    public bool IsHidden { get; init; }

    /// <summary>The picture before it.</summary>
    public string? IconName { get; init; }

    /// <summary>How the picture is drawn.</summary>
    public IconVariant? IconVariant { get; init; }

    /// <summary>Completes when those who heard of its being ready are done; null until it is ready.</summary>
    internal Task? Ready { get; init; }

    /// <summary>It was told to stop: that it ended is no fault.</summary>
    internal bool StoppedOnRequest { get; init; }
}

/// <summary>A state and how it is drawn.</summary>
/// <param name="Text">The state.</param>
/// <param name="Style">success, info, warning or error.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    /// <summary>A state drawn plainly.</summary>
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new(s, null);
}

/// <summary>A fact.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A text, a number, a list of texts or null.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>Hidden until asked for.</summary>
    public bool IsSensitive { get; init; }
}

/// <summary>An environment variable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsFromSpec">Said by the app host rather than inherited.</param>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);

/// <summary>An address.</summary>
/// <param name="Name">The endpoint's name.</param>
/// <param name="Url">The address.</param>
/// <param name="IsInternal">Not shown in the list.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    /// <summary>How it is shown.</summary>
    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();

    /// <summary>Nobody answers there now.</summary>
    public bool IsInactive { get; init; }
}

/// <summary>How an address is shown.</summary>
/// <param name="DisplayName">Instead of the address.</param>
/// <param name="SortOrder">Higher first.</param>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);

/// <summary>A mount.</summary>
/// <param name="Source">Volume or folder.</param>
/// <param name="Target">Path in the container.</param>
/// <param name="MountType">bind or volume.</param>
/// <param name="IsReadOnly">No writing.</param>
public sealed record VolumeSnapshot(string? Source, string Target, string MountType, bool IsReadOnly);

/// <summary>What a health check said.</summary>
/// <param name="Name">The check's name.</param>
/// <param name="Status">Null until it ran.</param>
/// <param name="Description">In words.</param>
/// <param name="ExceptionText">Why it failed.</param>
public sealed record HealthReportSnapshot(string Name, HealthStatus? Status, string? Description, string? ExceptionText)
{
    /// <summary>When it ran, UTC.</summary>
    public DateTime? LastRunAt { get; init; }
}

/// <summary>What a resource belongs to.</summary>
/// <param name="ResourceName">The other one.</param>
/// <param name="Type">Reference, WaitFor or Parent.</param>
public sealed record RelationshipSnapshot(string ResourceName, string Type);

/// <summary>A command and whether it can be given now.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it can be given now.</param>
/// <param name="DisplayName">Its name for people.</param>
/// <param name="DisplayDescription">What it does.</param>
/// <param name="Parameter">Unused.</param>
/// <param name="ConfirmationMessage">Asked before.</param>
/// <param name="IconName">Its picture.</param>
/// <param name="IconVariant">How the picture is drawn.</param>
/// <param name="IsHighlighted">Shown outside the menu.</param>
public sealed record ResourceCommandSnapshot(
    string Name,
    ResourceCommandState State,
    string DisplayName,
    string? DisplayDescription,
    [property: Obsolete("Unused.")] object? Parameter,
    string? ConfirmationMessage,
    string? IconName,
    IconVariant? IconVariant,
    bool IsHighlighted);
