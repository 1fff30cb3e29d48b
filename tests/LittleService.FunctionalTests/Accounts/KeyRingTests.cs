using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LittleService.Data.Accounts;
using Microsoft.Extensions.Configuration;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>What docs/accounts.md says about the keys of Data Protection.</summary>
public sealed class KeyRingTests(Servers servers) : IAsyncLifetime
{
    private const string Keys = "select string_agg(xml, '') from data_protection_keys";

    private readonly Service _service = new(servers);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

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
        var reads = _service.StartApi(("DataProtection:Certificate", old), ("DataProtection:OldCertificates:0", next));
        Assert.Equal(name, await browser.At(reads).NameAsync());
        await _service.ExecuteAsync("delete from data_protection_keys");
        var writes = _service.StartApi(("DataProtection:Certificate", next), ("DataProtection:OldCertificates:0", old));
        var (later, laterName) = await _service.SignInAsync(api: writes);
        var fresh = _service.StartApi(("DataProtection:Certificate", old), ("DataProtection:OldCertificates:0", next));

        Assert.Equal(laterName, await later.At(fresh).NameAsync());
    }

    [Theory]
    [InlineData("DataProtection:Certificate")]
    [InlineData("DataProtection:OldCertificates:3")]
    public void FileThatHoldsNoCertificateIsNamed(string setting)
    {
        string? Error(string file) => DataProtectionCertificates.ConfigurationError(new ConfigurationBuilder().AddInMemoryCollection([new(setting, file)]).Build());
        var (good, alone, none) = (Certificate("good"), Path.Combine(_folder.FullName, "alone.pem"), Path.Combine(_folder.FullName, "none.pem"));
        File.WriteAllText(alone, File.ReadAllText(good).Split("-----BEGIN PRIVATE KEY")[0]);

        Assert.Null(Error(good));
        Assert.Null(Error(""));
        Assert.All([alone, none], file => Assert.StartsWith($"{setting} names no PEM file with a certificate and its private key:", Error(file), StringComparison.Ordinal));
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return _service.DisposeAsync();
    }

    private string Certificate(string name)
    {
        using var secret = RSA.Create(2048);
        using var certificate = new CertificateRequest($"CN={name}", secret, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(_folder.FullName, $"{name}.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + secret.ExportPkcs8PrivateKeyPem());
        return file;
    }
}
