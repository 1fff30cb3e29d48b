namespace LittleService.FunctionalTests.Webhooks;

/// <summary>What a client sees of a webhook; its own copy, so that a renamed field is noticed.</summary>
internal sealed record WebhookView(Guid Id, string Url, string[] Events, DateTimeOffset CreatedAt, int Failures, DateTimeOffset? PausedAt, string? PauseReason);

internal sealed record WebhookAddedView(Guid Id, string Url, string[] Events, string Secret);
