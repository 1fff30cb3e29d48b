using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;

namespace LittleService.Data.Accounts;

/// <summary>
/// The certificate that encrypts the keys of Data Protection, from the setting <c>DataProtection:Certificate</c>: certificate and RSA
/// private key as PEM. <c>DataProtection:OtherCertificates:0</c> and so on still read what earlier ones encrypted, or already what the
/// next one does.
/// </summary>
public static class KeyCertificate
{
    private const string Current = "DataProtection:Certificate";
    private const string Others = "DataProtection:OtherCertificates";

    /// <summary>Why one of them cannot be used, in one sentence, or null. The sentence holds nothing of what the setting holds.</summary>
    public static string? ConfigurationError(IConfiguration configuration)
    {
        foreach (var setting in configuration.GetSection(Others).GetChildren().Prepend(configuration.GetSection(Current)))
        {
            try
            {
                using var certificate = Read(setting);
                if (certificate is not null && certificate.GetRSAPrivateKey() is null) return ErrorOf(setting.Path);
            }
            catch (CryptographicException)
            {
                return ErrorOf(setting.Path);
            }
        }

        return null;
    }

    internal static void ProtectKeys(this IDataProtectionBuilder protection, IConfiguration configuration)
    {
        var current = Read(configuration.GetSection(Current));
        if (current is not null) protection.ProtectKeysWithCertificate(current);
        var all = configuration.GetSection(Others).GetChildren().Select(Read).Append(current).OfType<X509Certificate2>().ToArray();
        if (all.Length > 0) protection.UnprotectKeysWithAnyCertificate(all);
    }

    private static X509Certificate2? Read(IConfigurationSection setting) =>
        setting.Value is { Length: > 0 } pem ? X509Certificate2.CreateFromPem(pem, pem) : null;

    private static string ErrorOf(string setting) =>
        $"{setting} is no certificate with its RSA private key as PEM: it holds both, one after the other.";
}
