using System.ComponentModel.DataAnnotations;
using LittleService.Api.Http;
using LittleService.Data.Items;
using LittleService.Data.Webhooks;

namespace LittleService.Api.Webhooks;

/// <summary>Each is one of <see cref="ItemEvents.All"/>.</summary>
public sealed class ItemEventsAttribute : EachOfAttribute
{
    public override IReadOnlyList<string> Values => ItemEvents.All;
}

/// <summary>What a client says about a subscription: where to, and which events.</summary>
public sealed record NewWebhook(
    [Required, StringLength(WebhookAddress.Longest)] string Url, [Required, MinLength(1), MaxLength(10), ItemEvents] string[] Events);

/// <summary>A new subscription with its secret, which is not shown again.</summary>
public sealed record WebhookAdded(Guid Id, string Url, string[] Events, string Secret);
