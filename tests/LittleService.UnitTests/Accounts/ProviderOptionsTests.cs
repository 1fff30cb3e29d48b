using LittleService.Api.Accounts;
using LittleService.Data.Accounts;
using Microsoft.Extensions.Configuration;

namespace LittleService.UnitTests.Accounts;

public sealed class ProviderOptionsTests
{
    [Fact]
    public void WithoutSettingsThereIsNone()
    {
        Assert.False(ProviderOptions.Of(Configuration()).IsConfigured);
        Assert.Null(ProviderOptions.ConfigurationError(Configuration()));
    }

    [Theory]
    [InlineData("Authority is the address", "https://id.example", "littleservice", "admin", null)]
    [InlineData("a provider on this machine may have no TLS", "http://127.0.0.1:5000", "littleservice", "admin", null)]
    [InlineData("one elsewhere may not", "http://id.example", "littleservice", "admin", "Accounts:OpenIdConnect:Authority must be an https address.")]
    [InlineData("no address", "id.example", "littleservice", "admin", "Accounts:OpenIdConnect:Authority must be an https address.")]
    [InlineData("no id", "https://id.example", "", "admin", "Accounts:OpenIdConnect:ClientId is missing, the id of this service at the provider.")]
    [InlineData("a role of nobody", "https://id.example", "littleservice", "owner", "Accounts:OpenIdConnect:Roles:owner names no role: there are reader, writer and admin.")]
    public void WrongSettingsAreNamed(string why, string authority, string client, string role, string? error) => Assert.True(
        error == ProviderOptions.ConfigurationError(Configuration(
            ("Accounts:OpenIdConnect:Authority", authority), ("Accounts:OpenIdConnect:ClientId", client), ($"Accounts:OpenIdConnect:Roles:{role}:0", "x"))), why);

    [Theory]
    [InlineData("0:0", "shop-admins", "names no role")]
    [InlineData("admin", "", "gives no role to any value")]
    [InlineData("admin:0", "", "gives no role to any value")]
    public void RolesThatGiveNoneDoNotMakeEverybodyAReader(string key, string value, string error) => Assert.Contains(
        error,
        ProviderOptions.ConfigurationError(Configuration(
            ("Accounts:OpenIdConnect:Authority", "https://id.example"), ("Accounts:OpenIdConnect:ClientId", "littleservice"),
            ($"Accounts:OpenIdConnect:Roles:{key}", value))),
        StringComparison.Ordinal);

    [Fact]
    public void PasskeysOfAWholeDomainNeedTheOrigins()
    {
        var (domain, origin) = (("Accounts:Passkeys:ServerDomain", "example.org"), ("Accounts:Passkeys:Origins:0", "https://shop.example.org"));

        Assert.Contains("Accounts:Passkeys:Origins", PasskeysExtensions.ConfigurationError(Configuration(domain)), StringComparison.Ordinal);
        Assert.Null(PasskeysExtensions.ConfigurationError(Configuration(domain, origin)));
        Assert.Null(PasskeysExtensions.ConfigurationError(Configuration()));
    }

    [Theory]
    [InlineData("https://shop.example.org/", true)]
    [InlineData("http://localhost:5380", true)]
    [InlineData("shop.example.org", false)]
    [InlineData("https://shop.example.org/shop", false)]
    [InlineData("ftp://shop.example.org", false)]
    public void OriginIsSchemeAndHost(string text, bool isOne)
    {
        var error = PasskeysExtensions.ConfigurationError(Configuration(("Accounts:Passkeys:Origins:0", text)));

        if (isOne) Assert.Null(error);
        else Assert.Contains($"'{text}', which is no origin", error, StringComparison.Ordinal);
    }

    [Fact]
    public void NobodyLeftToSignInIsAMistake() =>
        Assert.Contains("nobody can sign in", ProviderOptions.ConfigurationError(Configuration(("Accounts:LocalSignIn", "false"))), StringComparison.Ordinal);

    [Theory]
    [InlineData(new string[0], null)]
    [InlineData(new[] { "guests" }, null)]
    [InlineData(new[] { "STAFF" }, null)]
    [InlineData(new[] { "staff" }, Role.Writer)]
    [InlineData(new[] { "contractors" }, Role.Writer)]
    [InlineData(new[] { "staff", "chiefs" }, Role.Admin)]
    public void HighestRoleIsGiven(string[] values, Role? role) => Assert.Equal(role, ProviderOptions.Of(Configuration(
        ("Accounts:OpenIdConnect:Roles:writer:0", "staff"), ("Accounts:OpenIdConnect:Roles:writer:1", "contractors"),
        ("Accounts:OpenIdConnect:Roles:admin", "chiefs"))).RoleOf(values));

    [Fact]
    public void WithoutRolesEverybodyIsAReader() => Assert.Equal(Role.Reader, ProviderOptions.Of(Configuration()).RoleOf([]));

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
}
