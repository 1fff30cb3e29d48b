using LittleService.Api.Layout;
using LittleService.Data.Stats;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LittleService.Api.Stats;

public static class StatsEndpoints
{
    public static void AddStats(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PageLink("Stats", "/stats"));
        builder.Services.AddSingleton<StatsStore>();
        builder.Services.AddSingleton<StatsReader>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, StatsJson.Default));
    }

    public static IEndpointConventionBuilder MapStats(this IEndpointRouteBuilder app) =>
        app.MapGet("/api/stats", GetAsync).WithName("GetStats").WithTags("Stats").WithSummary(
            "Sums of events by minute, hour or day: of all names, of one, or of the ten with the most events (group=name).");

    private static async Task<Results<Ok<StatsResponse>, ValidationProblem>> GetAsync(
        StatsReader reader,
        TimeProvider time,
        CancellationToken cancellationToken,
        string? name = null,
        DateTimeOffset? from = null,
        DateTimeOffset? to = null,
        string? grain = null,
        string? group = null)
    {
        var (query, errors) = StatsQuery.Parse(name, from, to, grain, group, time.GetUtcNow());
        if (query is null) return TypedResults.ValidationProblem(errors);
        return TypedResults.Ok(await reader.ReadAsync(query, cancellationToken));
    }
}
