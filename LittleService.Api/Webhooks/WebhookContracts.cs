using System.ComponentModel.DataAnnotations;
using LittleService.Data.Webhooks;

namespace LittleService.Api.Webhooks;

/// <summary>What a client says about a subscription: where to, and which of <see cref="ItemEvents.All"/>.</summary>
public sealed record NewWebhook([Required, StringLength(WebhookAddress.Longest)] string Url, [Required, MinLength(1), MaxLength(10)] string[] Events);

/// <summary>A new subscription with its secret, which is not shown again.</summary>
public sealed record WebhookAdded(Guid Id, string Url, string[] Events, string Secret);
