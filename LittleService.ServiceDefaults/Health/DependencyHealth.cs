using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.ServiceDefaults;

/// <summary>How one dependency was when it was last looked at.</summary>
/// <param name="Name">The name of its health check.</param>
/// <param name="Status">What the check said.</param>
/// <param name="Description">What the check said about it; never the text of an exception.</param>
/// <param name="LatencyMs">How long the check took, in milliseconds.</param>
/// <param name="Since">When it was first seen in this status, UTC.</param>
/// <param name="Ready">Whether it decides that this instance is ready.</param>
public sealed record DependencyHealth(
    string Name, HealthStatus Status, string? Description, double LatencyMs, DateTimeOffset Since, bool Ready);
