using System.Security.Cryptography;
using System.Text;

namespace LittleService.Data.Accounts;

/// <summary>The text of a key, <c>ls_id_secret</c>: the id is stored and shown, the secret is stored as a hash only.</summary>
public sealed record ApiKeyText(string Id, string Secret)
{
    private const string Mark = "ls";
    private const string IdLetters = "abcdefghijkmnpqrstuvwxyz23456789";
    private const string SecretLetters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz0123456789";
    private const int Longest = 100;

    public byte[] Hash => SHA256.HashData(Encoding.UTF8.GetBytes(Secret));

    /// <summary>A new key; its secret has 256 random bits.</summary>
    public static ApiKeyText Create() =>
        new(RandomNumberGenerator.GetString(IdLetters, 12), RandomNumberGenerator.GetString(SecretLetters, 44));

    /// <summary>The same key with another secret.</summary>
    public static ApiKeyText Renew(string id) => Create() with { Id = id };

    /// <summary>The parts of a key, or null where it is not a key.</summary>
    public static ApiKeyText? Read(string text) =>
        text.Length <= Longest && text.Split('_') is [Mark, { Length: > 0 } id, { Length: > 0 } secret] && id.All(char.IsAsciiLetterOrDigit)
            ? new(id, secret) : null;

    public override string ToString() => $"{Mark}_{Id}_{Secret}";
}
