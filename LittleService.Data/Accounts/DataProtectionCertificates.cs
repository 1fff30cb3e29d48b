using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Configuration;

namespace LittleService.Data.Accounts;

/// <summary>
/// The certificates that encrypt the keys of Data Protection, as PEM files with certificate and private key:
/// <c>DataProtection:Certificate</c> for keys that are made from now on, <c>DataProtection:OldCertificates</c> to read what older ones
/// encrypted.
/// </summary>
/// <param name="Current">Null where keys are not encrypted.</param>
/// <param name="All">That one and the old ones.</param>
public sealed record DataProtectionCertificates(X509Certificate2? Current, X509Certificate2[] All)
{
    private const string Section = "DataProtection";
    private const string CurrentSetting = $"{Section}:Certificate";

    /// <summary>Why the service must not start with these files, in one sentence; null where they are fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration)
    {
        foreach (var (setting, file) in Files(configuration))
        {
            try
            {
                Read(file).Dispose();
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
            {
                return $"{setting} names no PEM file with a certificate and its private key: {exception.Message}";
            }
        }

        return null;
    }

    internal static DataProtectionCertificates Of(IConfiguration configuration)
    {
        var files = Files(configuration).ToList();
        var all = files.ConvertAll(static file => Read(file.File));
        return new(files is [(CurrentSetting, _), ..] ? all[0] : null, [.. all]);
    }

    private static IEnumerable<(string Setting, string File)> Files(IConfiguration configuration)
    {
        if (configuration[CurrentSetting] is { Length: > 0 } current) yield return (CurrentSetting, current);
        foreach (var old in configuration.GetSection($"{Section}:OldCertificates").GetChildren())
            if (old.Value is { Length: > 0 } file) yield return (old.Path, file);
    }

    private static X509Certificate2 Read(string file) => X509Certificate2.CreateFromPemFile(file);
}
