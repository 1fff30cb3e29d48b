using System.Security.Claims;
using LittleService.Api.Accounts;
using LittleService.Api.Http;
using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.Data.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LittleService.Api.Webhooks;

public static class WebhooksEndpoints
{
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PageLink("Webhooks", "/webhooks", Role.Writer));
        builder.Services.AddWebhookStores();
        builder.Services.AddSingleton<WebhookSubscriptions>();
    }

    public static void MapWebhooks(this IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup("/api/webhooks").WithTags("Webhooks").RequireAuthorization(Policies.Writer);
        webhooks.MapPost("/", AddAsync).WithName("AddWebhook")
            .WithSummary("Subscribes an address to events of items. The secret in the response is not shown again.")
            .ProducesProblems(400, 401, 403, 413, 415, 429, 503);
        webhooks.MapGet("/", ListAsync).WithName("ListWebhooks").WithSummary("Your subscriptions.").ProducesProblems(401, 403, 429, 503);
        webhooks.MapGet("/{id:guid}", GetAsync).WithName("GetWebhook").WithSummary("One subscription.")
            .ProducesProblems(401, 403, 404, 429, 503);
        webhooks.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteWebhook").WithSummary("Ends a subscription.")
            .ProducesProblems(401, 403, 404, 429, 503);
        webhooks.MapPost("/{id:guid}/resume", ResumeAsync).WithName("ResumeWebhook")
            .WithSummary("Lets deliveries go again after a pause, those that waited too.").ProducesProblems(401, 403, 404, 429, 503);
    }

    private static async Task<Results<CreatedAtRoute<WebhookAdded>, ValidationProblem>> AddAsync(
        NewWebhook webhook, WebhookSubscriptions subscriptions, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (added, field, problem) = await subscriptions.AddAsync(webhook, user.ToCaller(), cancellationToken);
        if (added is null) return TypedResults.ValidationProblem(new Dictionary<string, string[]> { [field] = [problem] });
        return TypedResults.CreatedAtRoute(added, "GetWebhook", new { id = added.Id });
    }

    private static async Task<Ok<List<Webhook>>> ListAsync(WebhookStore store, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ListAsync(user.ToCaller().AccountId, cancellationToken));

    private static async Task<Results<Ok<Webhook>, NotFound>> GetAsync(
        Guid id, WebhookStore store, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await store.FindAsync(user.ToCaller().AccountId, id, cancellationToken) is { } webhook
            ? TypedResults.Ok(webhook) : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id, WebhookStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var caller = user.ToCaller();
        return await store.DeleteAsync(caller.AccountId, caller.Name, id, cancellationToken)
            ? TypedResults.NoContent() : TypedResults.NotFound();
    }

    private static async Task<Results<NoContent, NotFound>> ResumeAsync(
        Guid id, WebhookStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var caller = user.ToCaller();
        return await store.ResumeAsync(caller.AccountId, caller.Name, id, cancellationToken)
            ? TypedResults.NoContent() : TypedResults.NotFound();
    }
}
