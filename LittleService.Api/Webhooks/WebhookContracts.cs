using System.ComponentModel.DataAnnotations;
using LittleService.Data.Webhooks;

namespace LittleService.Api.Webhooks;

/// <summary>
/// Tells the description of the API that each is one of <see cref="ItemEvents.All"/>; <see cref="WebhookSubscriptions"/> refuses others.
/// </summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class ItemEventsAttribute : Attribute;

/// <summary>What a client says about a subscription: where to, and which events.</summary>
public sealed record NewWebhook(
    [Required, StringLength(WebhookAddress.Longest)] string Url, [Required, MinLength(1), MaxLength(10), ItemEvents] string[] Events);

/// <summary>A new subscription with its secret, which is not shown again.</summary>
public sealed record WebhookAdded(Guid Id, string Url, string[] Events, string Secret);
