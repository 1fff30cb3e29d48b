using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;

namespace LittleService.Data.Accounts;

/// <summary>
/// The certificate that encrypts the keys of Data Protection, from the setting <c>DataProtection:Certificate</c>: certificate and RSA
/// private key as PEM. <c>DataProtection:PreviousCertificate</c> still reads what an earlier one encrypted.
/// </summary>
public static class KeyCertificate
{
    private const string Current = "DataProtection:Certificate";
    private const string Previous = "DataProtection:PreviousCertificate";

    /// <summary>Why one of them cannot be used, in one sentence, or null. The sentence holds nothing of what the setting holds.</summary>
    public static string? ConfigurationError(IConfiguration configuration)
    {
        foreach (var setting in (string[])[Current, Previous])
        {
            try
            {
                using var certificate = Read(configuration, setting);
                if (certificate is not null && certificate.GetRSAPrivateKey() is null) return ErrorOf(setting);
            }
            catch (CryptographicException)
            {
                return ErrorOf(setting);
            }
        }
        return null;
    }

    internal static void ProtectKeys(this IDataProtectionBuilder protection, IConfiguration configuration)
    {
        if (Read(configuration, Current) is { } current) protection.ProtectKeysWithCertificate(current);
        if (Read(configuration, Previous) is { } previous) protection.UnprotectKeysWithAnyCertificate(previous);
    }

    private static X509Certificate2? Read(IConfiguration configuration, string setting) =>
        configuration[setting] is { Length: > 0 } pem ? X509Certificate2.CreateFromPem(pem, pem) : null;

    private static string ErrorOf(string setting) =>
        $"{setting} is no certificate with its RSA private key as PEM: it holds both, one after the other.";
}
