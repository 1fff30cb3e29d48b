namespace LittleService.Data.Accounts;

/// <summary>A key as its owner sees it: without its secret.</summary>
public sealed record ApiKey(string Id, string Name, string Role, DateTime CreatedAt, DateTime ExpiresAt, DateTime? UsedAt);
