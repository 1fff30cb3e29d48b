using System.Text.RegularExpressions;

namespace LittleService.Data.Accounts;

/// <summary>A user of ASP.NET Core Identity, as its row is.</summary>
public sealed class Account
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public string Name { get; set; } = "";

    public Role Role { get; set; }

    public DateTime CreatedAt { get; init; }

    public DateTime? DisabledAt { get; set; }

    /// <summary>Null for accounts of an identity provider.</summary>
    public string? PasswordHash { get; set; }

    /// <summary>Whether an admin was shown the password: it is good for signing in and choosing another.</summary>
    public bool PasswordTemporary { get; set; }

    /// <summary>Saving another one ends all sessions of the account.</summary>
    public string SecurityStamp { get; set; } = "";

    /// <summary>The secret of the authenticator app, encrypted; null without a second factor.</summary>
    public byte[]? TotpSecret { get; set; }

    /// <summary>The time step of the last code taken: none is taken twice.</summary>
    public long TotpStep { get; set; }

    /// <summary>Hashes of the codes that are left.</summary>
    public byte[][] RecoveryCodes { get; set; } = [];

    /// <summary>The issuer of the identity provider that the account signs in with, if any.</summary>
    public string? LoginProvider { get; set; }

    /// <summary>Who the account is there.</summary>
    public string? ProviderKey { get; set; }

    /// <summary>Who makes the next change, for the audit; null where it is the account itself.</summary>
    public string? ChangedBy { get; set; }

    public bool Disabled => DisabledAt is not null;

    public bool SecondFactor => TotpSecret is not null;

    public bool HasPassword => !string.IsNullOrEmpty(PasswordHash);

    /// <summary>The version of the row that was read: a change of an older one is refused.</summary>
    internal string? Version { get; set; }

    /// <summary>The account as it was read.</summary>
    internal Account? Before { get; private set; }

    internal void Keep(string? version)
    {
        Version = version ?? Version;
        Before = (Account)MemberwiseClone();
    }
}

public static partial class AccountName
{
    public const string Rule = "A name has 1 to 64 characters: letters without accents, digits, and . _ @ - after the first.";

    /// <summary>The normalized name, or null where the text is not a valid name.</summary>
    public static string? Read(string? text) => text?.Trim().ToLowerInvariant() is { } name && Form().IsMatch(name) ? name : null;

    [GeneratedRegex("^[a-z0-9][a-z0-9._@-]{0,63}\\z")]
    private static partial Regex Form();
}
