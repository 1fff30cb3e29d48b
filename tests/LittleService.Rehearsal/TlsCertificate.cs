using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LittleService.Rehearsal;

/// <summary>A certificate for a day, signed by itself.</summary>
/// <param name="Pem">Certificate and private key.</param>
/// <param name="Hash">The hash by which a client knows it.</param>
internal sealed record TlsCertificate(string Pem, string Hash)
{
    public static TlsCertificate Create()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return new($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n", certificate.GetCertHashString());
    }
}
