using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;

namespace LittleService.ServiceDefaults;

/// <summary>The endpoints that say how this process is.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps <c>/alive</c>, <c>/health</c> and <c>/health/detail</c>.</summary>
    public static void MapHealthEndpoints(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health", new HealthCheckOptions { Predicate = check => check.Tags.Contains(HealthTags.Ready) });
    }
}
