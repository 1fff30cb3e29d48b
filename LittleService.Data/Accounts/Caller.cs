namespace LittleService.Data.Accounts;

/// <summary>The account a request speaks for, with what it may do this time: a key may do less than its owner, and ends.</summary>
public sealed record Caller(Guid AccountId, string Name, Role Role, DateTime? KeyExpires = null);
