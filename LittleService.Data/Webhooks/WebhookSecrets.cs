using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace LittleService.Data.Webhooks;

/// <summary>
/// Makes the secrets that deliveries are signed with. They are stored encrypted: signing needs them as they are, so a hash would not do.
/// </summary>
public sealed class WebhookSecrets(IDataProtectionProvider protection)
{
    private const string Prefix = "whsec_";
    private const int Bytes = 32;
    private readonly IDataProtector _protector = protection.CreateProtector("LittleService.Webhooks.Secret");

    public static string Create() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The bytes that a secret stands for. Those made before Standard Webhooks are in the alphabet for addresses.</summary>
    public static byte[] Key(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        return Base64Url.DecodeFromChars(secret.AsSpan(Prefix.Length).TrimEnd('=').ToString().Replace('+', '-').Replace('/', '_'));
    }

    public byte[] Protect(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));

    public string Unprotect(byte[] secret) => Encoding.UTF8.GetString(_protector.Unprotect(secret));
}
