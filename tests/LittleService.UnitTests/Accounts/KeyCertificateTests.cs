using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.UnitTests.Accounts;

public sealed class KeyCertificateTests
{
    private const string Current = "DataProtection:Certificate";
    private const string Other = "DataProtection:OtherCertificates:0";

    [Fact]
    public void KeysAreEncryptedAndStayReadableWhenTheCertificateIsReplaced()
    {
        var (keys, first, second) = (new KeysInMemory(), NewCertificate(), NewCertificate());
        var cookie = Protection(keys, (Current, first)).Protect("cookie");
        Assert.Contains("EncryptedData", Assert.Single(keys.GetAllElements()).ToString(), StringComparison.Ordinal);

        Assert.Equal("cookie", Protection(keys, (Current, second), (Other, first)).Unprotect(cookie));
        Assert.Throws<CryptographicException>(() => Protection(keys, (Current, second)).Unprotect(cookie));
    }

    [Theory]
    [InlineData("no PEM at all")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void WhatIsNoCertificateIsRefusedWithoutBeingShown(string text)
    {
        var error = KeyCertificate.ConfigurationError(Configuration((Other, text)));

        Assert.StartsWith($"{Other} is no certificate", error);
        Assert.DoesNotContain(text, error, StringComparison.Ordinal);
    }

    private static IDataProtector Protection(KeysInMemory keys, params (string, string)[] settings)
    {
        var services = new ServiceCollection().AddLogging();
        services.Configure<KeyManagementOptions>(options => options.XmlRepository = keys);
        services.AddDataProtection().SetApplicationName("LittleService").ProtectKeys(Configuration(settings));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value)).Build();

    private static string NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=keys", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow(), TimeProvider.System.GetUtcNow().AddYears(1));
        return certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem();
    }

    private sealed class KeysInMemory : IXmlRepository
    {
        private readonly List<XElement> _keys = [];

        public IReadOnlyCollection<XElement> GetAllElements() => _keys;

        public void StoreElement(XElement element, string friendlyName) => _keys.Add(element);
    }
}
