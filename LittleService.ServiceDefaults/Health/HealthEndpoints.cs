using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace LittleService.ServiceDefaults;

/// <summary>The endpoints of <see cref="Extensions.MapDefaultEndpoints"/>.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static void MapHealthEndpoints(this IEndpointRouteBuilder app)
    {
        app.MapProbe("/alive", context => context.Response.WriteAsync(nameof(HealthStatus.Healthy), context.RequestAborted));
        app.MapProbe("/health", WriteReadyAsync);
        app.MapProbe("/health/detail", WriteDetailAsync);
    }

    // Short-circuited: other middleware (authentication, rate limits) must not make an instance look unhealthy.
    private static void MapProbe(this IEndpointRouteBuilder app, string path, RequestDelegate probe) =>
        app.MapMethods(path, Methods, context =>
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.ContentType = "text/plain";
            return probe(context);
        }).ShortCircuit().DisableHttpMetrics().AllowAnonymous().ExcludeFromDescription();

    private static async Task WriteReadyAsync(HttpContext context)
    {
        var (word, _) = await ReadAsync(context);
        await context.Response.WriteAsync(word, context.RequestAborted);
    }

    private static async Task WriteDetailAsync(HttpContext context)
    {
        if (!MayReadDetail(context))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (status, dependencies) = await ReadAsync(context);
        await context.Response.WriteAsJsonAsync(new { status, dependencies }, Json, contentType: null, context.RequestAborted);
    }

    // The port of the connection, not of the Host header, which the client chooses.
    private static bool MayReadDetail(HttpContext context)
    {
        var services = context.RequestServices;
        return services.GetRequiredService<IHostEnvironment>().IsDevelopment()
            || services.GetRequiredService<IConfiguration>().GetValue<int?>("Health:DetailPort") == context.Connection.LocalPort;
    }

    private static async Task<(string Status, DependencyHealth[] Dependencies)> ReadAsync(HttpContext context)
    {
        var dependencies = await context.RequestServices.GetRequiredService<HealthMonitor>().GetAsync(context.RequestAborted);
        var deciding = dependencies.Where(dependency => dependency.Ready).Select(dependency => dependency.Status);
        var worst = deciding.DefaultIfEmpty(HealthStatus.Healthy).Min();
        var draining = context.RequestServices.GetRequiredService<ServiceState>().IsDraining;
        if (draining || worst == HealthStatus.Unhealthy)
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return (draining ? "Draining" : worst.ToString(), dependencies);
    }
}
