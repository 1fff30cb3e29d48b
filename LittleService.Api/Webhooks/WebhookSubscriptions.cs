using LittleService.Data.Accounts;
using LittleService.Data.Items;
using LittleService.Data.Webhooks;

namespace LittleService.Api.Webhooks;

/// <summary>Adds subscriptions that can work, for the API and the page alike.</summary>
public sealed class WebhookSubscriptions(WebhookStore store, IHostEnvironment environment)
{
    /// <summary>The subscription, or which field is wrong and why.</summary>
    public async Task<(WebhookAdded? Added, string Field, string Problem)> AddAsync(
        NewWebhook webhook, Caller caller, CancellationToken cancellationToken)
    {
        if (WebhookAddress.ProblemOf(webhook.Url, environment.IsDevelopment()) is { } problem) return (null, "url", problem);
        var events = webhook.Events.Distinct().ToArray();
        if (events.Length == 0 || events.Except(ItemEvents.All).Any())
            return (null, "events", $"Events are {string.Join(", ", ItemEvents.All)}.");
        return await store.AddAsync(caller.AccountId, caller.Name, webhook.Url, events, cancellationToken) is var (added, secret)
            ? (new WebhookAdded(added.Id, added.Url, added.Events, secret), "", "")
            : (null, "url", $"An account has at most {WebhookStore.MostPerAccount} webhooks.");
    }
}
