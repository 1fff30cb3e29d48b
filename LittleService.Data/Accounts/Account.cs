using System.Text.RegularExpressions;

namespace LittleService.Data.Accounts;

public sealed record Account(Guid Id, string Name, Role Role, DateTime CreatedAt, bool Disabled, bool SecondFactor);

/// <summary>What a login is checked against.</summary>
public sealed record Credentials(Guid Id, string Name, Role Role, string PasswordHash, byte[]? TotpSecret, int RecoveryCodes);

public static partial class AccountName
{
    public const string Rule = "A name has 1 to 64 characters: letters without accents, digits, and . _ @ - after the first.";

    /// <summary>The normalized name, or null where the text is not a valid name.</summary>
    public static string? Read(string? text) => text?.Trim().ToLowerInvariant() is { } name && Form().IsMatch(name) ? name : null;

    [GeneratedRegex("^[a-z0-9][a-z0-9._@-]{0,63}\\z")]
    private static partial Regex Form();
}
