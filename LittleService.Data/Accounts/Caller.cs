namespace LittleService.Data.Accounts;

/// <summary>The account of a request, with its permissions: a key may have fewer than its owner, and expires.</summary>
public sealed record Caller(Guid AccountId, string Name, Role Role, DateTime? KeyExpires = null)
{
    /// <summary>The security stamp of the account when the request was let in.</summary>
    public string Stamp { get; init; } = "";

    /// <summary>Of a session: whether the password must be changed first.</summary>
    public bool PasswordTemporary { get; init; }

    /// <summary>Of a session: whether the account has a password and no second factor.</summary>
    public bool PasswordAlone { get; init; }
}
