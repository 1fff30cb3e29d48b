using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

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
        using var secret = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=keys", secret, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        HttpClient Start() => _service.StartApi(services => services.AddDataProtection().ProtectKeysWithCertificate(certificate));

        var (browser, name) = await _service.SignInAsync(api: Start());

        Assert.Equal(name, await browser.At(Start()).NameAsync());
        var keys = await _service.ScalarAsync<string>(Keys);
        Assert.Contains("<EncryptedData", keys, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", keys, StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
