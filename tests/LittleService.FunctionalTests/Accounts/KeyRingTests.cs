using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>What docs/accounts.md says about the keys of Data Protection.</summary>
public sealed class KeyRingTests(Servers servers) : IAsyncLifetime
{
    private const string Keys = "select string_agg(xml, '') from data_protection_keys";

    private readonly Service _service = new(servers);

    [Fact]
    public async Task KeysAreNotEncrypted()
    {
        await _service.SignInAsync();

        Assert.Contains("<masterKey", await _service.ScalarAsync<string>(Keys), StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeysAreEncryptedWithACertificateWhereOneIsGiven()
    {
        var certificate = Certificate("keys");
        HttpClient Start() => _service.StartApi(("DataProtection:Certificate", certificate));

        var (browser, name) = await _service.SignInAsync(api: Start());

        Assert.Equal(name, await browser.At(Start()).NameAsync());
        var keys = await _service.ScalarAsync<string>(Keys);
        Assert.Contains("<EncryptedData", keys, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", keys, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CertificateIsChangedWithoutAPause()
    {
        var (old, next) = (Certificate("old"), Certificate("next"));
        var before = _service.StartApi(("DataProtection:Certificate", old));
        var (browser, name) = await _service.SignInAsync(api: before);

        // Each step while processes of the one before still run.
        var reads = _service.StartApi(("DataProtection:Certificate", old), ("DataProtection:OtherCertificates:0", next));
        Assert.Equal(name, await browser.At(reads).NameAsync());
        await _service.ExecuteAsync("delete from data_protection_keys");
        var writes = _service.StartApi(("DataProtection:Certificate", next), ("DataProtection:OtherCertificates:0", old));
        var (later, laterName) = await _service.SignInAsync(api: writes);
        var fresh = _service.StartApi(("DataProtection:Certificate", old), ("DataProtection:OtherCertificates:0", next));

        Assert.Equal(laterName, await later.At(fresh).NameAsync());
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static string Certificate(string name)
    {
        using var secret = RSA.Create(2048);
        using var certificate = new CertificateRequest($"CN={name}", secret, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return certificate.ExportCertificatePem() + "\n" + secret.ExportPkcs8PrivateKeyPem();
    }
}
