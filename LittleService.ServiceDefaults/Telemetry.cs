using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace LittleService.ServiceDefaults;

/// <summary>Traces, metrics and logs over OTLP, set up by the standard <c>OTEL_*</c> variables and off where none of them names an endpoint.</summary>
internal static class Telemetry
{
    private static readonly string[] Sources = ["LittleService.*", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql"];

    private static readonly string[] Meters =
    [
        "LittleService.*",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Server.Kestrel",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.AspNetCore.Diagnostics",
        "Microsoft.AspNetCore.RateLimiting",
        "System.Net.Http",
        "System.Runtime",
        "Npgsql",
    ];

    public static bool IsExported(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var name = builder.Environment.ApplicationName;
        var version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString();
        new ServicesBuilder(builder.Services)
            // The environment comes last because the app host names the service and the instance there.
            .ConfigureResource(resource => resource.AddService(name, serviceVersion: version).AddEnvironmentVariableDetector())
            .WithTracing(tracing => tracing.AddSource(Sources))
            .WithMetrics(metrics => metrics.AddMeter(Meters))
            .WithLogging(null, options => (options.IncludeFormattedMessage, options.IncludeScopes) = (true, true))
            .UseOtlpExporter();
        builder.Services.AddHostedService<TelemetryFlush>();
    }

    // OpenTelemetry.Extensions.Hosting has this one and a hosted service that creates the providers; both are small enough to do without the package.
    private sealed record ServicesBuilder(IServiceCollection Services) : IOpenTelemetryBuilder;
}
