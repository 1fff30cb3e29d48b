using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LittleService.ServiceDefaults;

/// <summary>The defaults of every process of the service.</summary>
public static class Extensions
{
    /// <summary>
    /// Adds telemetry, health checks, service discovery, resilient HTTP clients, draining, problem details, the limits of the server,
    /// trusted proxies and quiet logs.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configuration.AddQuietLogs();
        builder.ConfigureOpenTelemetry();
        builder.AddDefaultHealthChecks();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            http.AddStandardResilienceHandler();
            http.AddServiceDiscovery();
        });
        builder.Services.AddServerLimits();
        builder.Services.AddTrustedProxies();
        builder.Services.AddDraining();
        builder.Services.AddProblems();
        return builder;
    }

    /// <summary>
    /// Sends logs, metrics and traces over OTLP as the standard <c>OTEL_*</c> variables say. Where none of them names an endpoint, nothing
    /// is collected.
    /// </summary>
    public static TBuilder ConfigureOpenTelemetry<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!OtlpExport.IsConfigured(builder.Configuration)) return builder;
        builder.Logging.AddOpenTelemetry(logging => (logging.IncludeFormattedMessage, logging.IncludeScopes) = (true, true));
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddServiceOf(builder.Environment))
            .WithTracing(tracing => tracing
                .AddSource("LittleService.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .WithoutPolls(builder.Configuration))
            .WithMetrics(metrics => metrics
                .AddMeter("LittleService.*")
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation())
            .UseOtlpExporter();
        builder.Services.AddRequestTracing();
        builder.Services.AddHostedService<TelemetryFlush>();
        return builder;
    }

    /// <summary>
    /// Adds what runs the health checks. One that is tagged <see cref="HealthTags.Ready"/> decides whether the instance is ready; none
    /// decides whether it is alive, since a restart repairs no dependency.
    /// </summary>
    public static TBuilder AddDefaultHealthChecks<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks();
        builder.Services.TryAddSingleton<HealthMonitor>();
        return builder;
    }

    /// <summary>Closes connections while draining and turns every error into a problem. Call it before any other middleware.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseDraining();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        return app;
    }

    /// <summary>
    /// Maps <c>/alive</c> (200 while the process can answer), <c>/health</c> (200 when ready, if need be degraded, else 503; the body is
    /// one word) and <c>/health/detail</c> (JSON per dependency; outside Development only on the port <c>Health:DetailPort</c>, which the
    /// server must listen on). They are the same in every environment, and part of no trace and no request metric.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.MapHealthEndpoints();
        return app;
    }
}
