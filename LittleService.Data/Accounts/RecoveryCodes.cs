using System.Security.Cryptography;
using System.Text;

namespace LittleService.Data.Accounts;

/// <summary>
/// One-time codes that replace a lost authenticator. They have 116 random bits (Identity's own have 47), so a fast hash is enough:
/// OWASP ASVS 5.0, V6.5.2.
/// </summary>
public static class RecoveryCodes
{
    private const int Codes = 10;
    private const int Groups = 7;

    /// <summary>New codes. Digits alone: they are typed where the authenticator's code is typed, on a phone too.</summary>
    public static string[] Create() =>
        [.. Enumerable.Range(0, Codes).Select(static _ => Code())];

    private static string Code() =>
        string.Join(' ', Enumerable.Range(0, Groups).Select(static _ => RandomNumberGenerator.GetString("0123456789", 5)));

    public static byte[] Hash(string? code) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(code?.Replace(" ", "", StringComparison.Ordinal) ?? ""));
}
