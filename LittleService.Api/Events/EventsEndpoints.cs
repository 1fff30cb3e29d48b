using LittleService.Data.Events;
using LittleService.Data.Stats;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace LittleService.Api.Events;

public static class EventsEndpoints
{
    private const string Path = "/api/events";

    public static void AddEvents(this WebApplicationBuilder builder)
    {
        builder.AddEventLog();
        builder.Services.AddSingleton<IntakeGate>();
        builder.Services.AddSingleton<EventIntake>();
        builder.Services.AddOptions<StatsOptions>().BindConfiguration("Stats");
        builder.Services.AddSingleton<EventsHandler>();
        builder.Services.AddSingleton<PageViews>();
        // Thousands of spans a second would flood the collector.
        builder.Services.Configure<RequestTracingOptions>(tracing => tracing.IgnoredPaths.Add(Path));
        builder.Services.AddHostedService(services => services.GetRequiredService<EventIntake>());
        builder.Services.AddHostedService(services => services.GetRequiredService<IntakeGate>());
    }

    public static void UseEvents(this WebApplication app) => app.UseMiddleware<PageViews>();

    public static IEndpointConventionBuilder MapEvents(this WebApplication app)
    {
        var handler = app.Services.GetRequiredService<EventsHandler>();
        // A bare delegate: binding and typed results would cost more per event than all the rest.
        return app.MapPost(Path, handler.PostAsync)
            .WithName("AddEvents")
            .WithTags("Events")
            .DisableRateLimiting()
            // It has a limit of its own, for the body alone.
            .DisableRequestTimeout()
            .WithSummary(
                "Takes one event or an array of at most 1,000. With ?invalid=skip the good ones of a batch are taken, else all or none.")
            .WithMetadata(
                new AcceptsMetadata(["application/json"], typeof(NewEvent[])),
                // The description of the API leaves out what it knows no method of.
                ((RequestDelegate)handler.PostAsync).Method,
                new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(EventsAccepted), ["application/json"]),
                new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(EventsRefused), ["application/problem+json"]),
                new ProducesResponseTypeMetadata(StatusCodes.Status408RequestTimeout, typeof(ProblemDetails), ["application/problem+json"]),
                new ProducesResponseTypeMetadata(
                    StatusCodes.Status429TooManyRequests, typeof(ProblemDetails), ["application/problem+json"]),
                new ProducesResponseTypeMetadata(
                    StatusCodes.Status503ServiceUnavailable, typeof(ProblemDetails), ["application/problem+json"]));
    }
}
