using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Resources;

namespace LittleService.ServiceDefaults;

/// <summary>Where telemetry goes.</summary>
public static class OtlpExport
{
    /// <summary>Whether there is an endpoint to send telemetry to. Where there is none, nothing should be collected either.</summary>
    public static bool IsConfigured(IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
    }

    // The environment comes last because the app host names the service and the instance there.
    internal static ResourceBuilder AddServiceOf(this ResourceBuilder resource, IHostEnvironment environment) => resource
        .AddService(environment.ApplicationName, serviceVersion: Assembly.GetEntryAssembly()?.GetName().Version?.ToString())
        .AddEnvironmentVariableDetector();
}
