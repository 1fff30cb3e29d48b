using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace LittleService.Data.Accounts;

/// <summary>
/// Identity's hasher with the rounds that OWASP advises for PBKDF2 with SHA-512. What is longer than any password is not hashed.
/// </summary>
public sealed class AccountPasswordHasher()
    : PasswordHasher<Account>(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }))
{
    public const int Rounds = 210_000;

    private static readonly ActivitySource Spans = new("LittleService.Accounts");
    private static readonly Account Nobody = new();
    private readonly Lazy<string> _dummy = new(static () => new AccountPasswordHasher().HashPassword(Nobody, Passwords.Create()));

    // Its own span, since most of the time of a sign-in is spent here.
    public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
    {
        using var span = Spans.StartActivity("check password");
        return base.VerifyHashedPassword(user, hashedPassword, providedPassword.Length > Passwords.Longest ? "" : providedPassword);
    }

    /// <summary>Takes the time of a check for a name that has no password.</summary>
    public void VerifyNobody(string? password) => VerifyHashedPassword(Nobody, _dummy.Value, password ?? "");
}
