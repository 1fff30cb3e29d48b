namespace LittleService.Data.Accounts;

/// <summary>The account of a request, with its permissions: a key may have fewer than its owner, and expires.</summary>
public sealed record Caller(Guid AccountId, string Name, Role Role, DateTime? KeyExpires = null);
