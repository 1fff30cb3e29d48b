using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace AspireStandIn.Tests.Dashboard;

public sealed class DashboardResourceTests
{
    private readonly CancellationToken _cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task DashboardIsProtectedByThreeKeysOfItsOwn()
    {
        var variables = await EnvironmentAsync(Settings());
        string[] keys =
        [
            (string)variables["DASHBOARD__FRONTEND__BROWSERTOKEN"],
            (string)variables["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"],
            (string)variables["DASHBOARD__OTLP__PRIMARYAPIKEY"],
            (string)variables["DASHBOARD__API__PRIMARYAPIKEY"],
        ];
        Assert.Equal(4, keys.Distinct().Count(key => key.Length == 32));
        Assert.Equal(("BrowserToken", "ApiKey"), (variables["DASHBOARD__FRONTEND__AUTHMODE"], variables["DASHBOARD__OTLP__AUTHMODE"]));
        Assert.Equal("http://127.0.0.1:4711", variables["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]);
        Assert.Equal("0", variables["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"]);
    }

    [Fact]
    public async Task AnonymousDashboardStillGuardsTelemetryAndResources()
    {
        var variables = await EnvironmentAsync(Settings(("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "true")));
        Assert.Equal("Unsecured", variables["DASHBOARD__FRONTEND__AUTHMODE"]);
        Assert.False(variables.ContainsKey("DASHBOARD__FRONTEND__BROWSERTOKEN"));
        Assert.Equal("ApiKey", variables["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"]);
    }

    [Fact]
    public void PortsAreThoseOfTheLaunchProfile()
    {
        var settings = Settings(("ASPNETCORE_URLS", "https://localhost:17000;http://localhost:15000"), ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:19000"));
        var dashboard = Dashboard(settings);
        var ports = dashboard.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (endpoint.Name, endpoint.Port));
        Assert.Equal([("https", 17000), ("http", 15000), ("otlp-grpc", 19000)], ports);
        Assert.Equal("https", dashboard.Frontend.EndpointName);
    }

    [Fact]
    public void WithoutAddressesAnyPortWillDo()
    {
        var ports = Dashboard(Settings()).Annotations.OfType<EndpointAnnotation>().Select(endpoint => (endpoint.Name, endpoint.Port));
        Assert.Equal([("http", null), ("otlp-grpc", null)], ports);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public void PlainHttpMustBeAllowed(string? allowed, bool passes)
    {
        var settings = Settings(("ASPNETCORE_URLS", "http://localhost:15000"), ("ASPIRE_ALLOW_UNSECURED_TRANSPORT", allowed));
        var fault = Record.Exception(settings.Check);
        Assert.Equal(passes ? null : typeof(DistributedApplicationException), fault?.GetType());
    }

    [Fact]
    public void AddressThatIsNoneIsOneSentence()
    {
        var fault = Assert.Throws<DistributedApplicationException>(() => Settings(("ASPNETCORE_URLS", "nonsense")));
        Assert.Equal("'nonsense' is not an address on which the dashboard can listen.", fault.Message);
    }

    private async Task<Dictionary<string, object>> EnvironmentAsync(DashboardSettings settings)
    {
        var dashboard = Dashboard(settings);
        var context = new EnvironmentCallbackContext(new(DistributedApplicationOperation.Run), dashboard, cancellationToken: _cancel);
        foreach (var said in dashboard.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await said.Callback(context);
        return context.EnvironmentVariables;
    }

    private static DashboardResource Dashboard(DashboardSettings settings) =>
        new(settings, "/bundle/managed/aspire-managed", new Uri("http://127.0.0.1:4711/"));

    private static DashboardSettings Settings(params (string Key, string? Value)[] values) => new(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))).Build(),
        new DistributedApplicationOptions());
}
