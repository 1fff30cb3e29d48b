using System.ComponentModel.DataAnnotations;
using LittleService.Data.Webhooks;

namespace LittleService.Api.Webhooks;

/// <summary>Refuses names of events that there are none of.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ItemEventsAttribute() : ValidationAttribute($"Events are {string.Join(", ", ItemEvents.All)}.")
{
    public override bool IsValid(object? value) => value is not string[] events || !events.Except(ItemEvents.All).Any();
}

/// <summary>What a client says about a subscription: where to, and which events.</summary>
public sealed record NewWebhook([Required, StringLength(WebhookAddress.Longest)] string Url, [Required, MinLength(1), MaxLength(10), ItemEvents] string[] Events);

/// <summary>A new subscription with its secret, which is not shown again.</summary>
public sealed record WebhookAdded(Guid Id, string Url, string[] Events, string Secret);
