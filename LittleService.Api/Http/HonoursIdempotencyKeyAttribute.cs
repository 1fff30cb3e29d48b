namespace LittleService.Api.Http;

/// <summary>A request to this endpoint may carry an <c>Idempotency-Key</c>. Others refuse it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HonoursIdempotencyKeyAttribute : Attribute;
