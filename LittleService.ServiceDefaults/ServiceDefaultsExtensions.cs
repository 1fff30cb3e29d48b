using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace LittleService.ServiceDefaults;

/// <summary>What every process of the service has.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>The largest request body in bytes; a larger one is answered with 413. An endpoint that takes uploads raises it for itself.</summary>
    public const long MaxRequestBodySize = 1024 * 1024;

    // The lowest of all configuration sources, so that appsettings.json or the environment can turn each of them back on. Npgsql logs every command
    // and ASP.NET Core every request (with its query string) at the level Information: traces tell the same, cheaper and without the query.
    private static readonly Dictionary<string, string?> QuietLogs = new()
    {
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
        ["Logging:LogLevel:Npgsql"] = "Warning",
        ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
    };

    /// <summary>Adds telemetry, health checks, draining, problem details and the limits of the server.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = QuietLogs });
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = MaxRequestBodySize;
        });
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks();
        builder.Services.AddSingleton<HealthMonitor>();
        builder.Services.AddDraining();
        builder.Services.AddProblems();
        if (Telemetry.IsExported(builder.Configuration))
            builder.AddTelemetry();
        return builder;
    }

    /// <summary>Names server spans, closes connections while draining and turns every error into a problem. Call it before any other middleware.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (Telemetry.IsExported(app.Configuration))
            app.Use(ServerSpans.Describe);
        app.UseDraining();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        return app;
    }
}
