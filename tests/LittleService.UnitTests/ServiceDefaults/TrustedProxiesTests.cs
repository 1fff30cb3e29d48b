using System.Net;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class TrustedProxiesTests
{
    [Theory]
    [InlineData("ForwardedHeaders:Hops", "none", "ForwardedHeaders:Hops is 'none'")]
    [InlineData("ForwardedHeaders:Hops", "0", "ForwardedHeaders:Hops is '0'")]
    [InlineData("ForwardedHeaders:Networks", "10.0.0.0/8, ten", "ForwardedHeaders:Networks names 'ten'")]
    public void WrongSettingIsNamed(string key, string value, string beginning) =>
        Assert.StartsWith(beginning, TrustedProxies.ConfigurationError(Configuration((key, value))));

    [Fact]
    public async Task OnlyTheNetworksNamedAreBelieved()
    {
        (string, string)[] settings = [("FORWARDEDHEADERS_ENABLED", "true"), ("ForwardedHeaders:Networks", "172.28.0.0/24, fd00::/64"), ("ForwardedHeaders:Hops", "2")];
        await using var service = await TestService.StartAsync(settings: settings);

        var options = service.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;

        Assert.Equal(2, options.ForwardLimit);
        Assert.Contains(options.KnownIPNetworks, network => network.Contains(IPAddress.Parse("172.28.0.7")));
        Assert.Contains(options.KnownIPNetworks, network => network.Contains(IPAddress.Parse("fd00::7")));
        Assert.DoesNotContain(options.KnownIPNetworks, network => network.Contains(IPAddress.Parse("172.29.0.7")));
        Assert.Null(TrustedProxies.ConfigurationError(Configuration(settings)));
    }

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value)).Build();
}
