using Dapper;

namespace LittleService.Data.Webhooks;

/// <summary>A subscription. <c>Failures</c> counts attempts that failed in a row.</summary>
// Named to Dapper, which otherwise looks for a constructor that takes an Array, as Npgsql declares such a column.
[method: ExplicitConstructor]
public sealed record Webhook(
    Guid Id, string Url, string[] Events, DateTime CreatedAt, int Failures, DateTime? PausedAt, string? PauseReason);

/// <summary>Where a delivery goes. <c>Secret</c> is protected; <c>Active</c> is false where the account is disabled.</summary>
public sealed record WebhookTarget(string Url, byte[] Secret, bool Active, bool Paused, bool Failing);
