using System.Net;
using System.Text.Json;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class HealthEndpointsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task ReadinessIsOneWord(HealthStatus status, HttpStatusCode expected)
    {
        await using var service = await TestService.StartAsync(services =>
            services.AddHealthChecks().AddCheck("postgres", () => new HealthCheckResult(status), [HealthTags.Ready]));

        var response = await service.Client.GetAsync("/health", Cancelled);

        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(status.ToString(), await response.Content.ReadAsStringAsync(Cancelled));
        Assert.True(response.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task AliveAsksNobody()
    {
        await using var service = await TestService.StartAsync(services =>
            services.AddHealthChecks().AddCheck("postgres", () => throw new InvalidOperationException("asked"), [HealthTags.Ready]));

        Assert.Equal(HttpStatusCode.OK, (await service.Client.GetAsync("/alive", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task ADependencyThatIsNotNeededDoesNotDecide()
    {
        await using var service = await TestService.StartAsync(services =>
            services.AddHealthChecks().AddCheck("printer", () => HealthCheckResult.Unhealthy()));

        Assert.Equal("Healthy", await service.Client.GetStringAsync("/health", Cancelled));
    }

    [Fact]
    public async Task ReadinessEndsWithTheFirstStopSignal()
    {
        await using var service = await TestService.StartAsync();
        service.Services.GetRequiredService<ServiceState>().BeginDraining();

        var response = await service.Client.GetAsync("/health", Cancelled);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("Draining", await response.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(HttpStatusCode.OK, (await service.Client.GetAsync("/alive", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task DetailNamesTheDependencyAndKeepsTheSecret()
    {
        await using var service = await TestService.StartAsync(
            services => services.AddHealthChecks()
                .AddCheck("postgres", () => throw new InvalidOperationException("Password=secret"), [HealthTags.Ready]),
            environment: "Development");

        var response = await service.Client.GetAsync("/health/detail", Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        var dependency = JsonDocument.Parse(text).RootElement.GetProperty("dependencies")[0];

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Equal("postgres", dependency.GetProperty("name").GetString());
        Assert.Equal("Unhealthy", dependency.GetProperty("status").GetString());
        Assert.Equal("failed", dependency.GetProperty("description").GetString());
        Assert.Equal(TimeSpan.Zero, dependency.GetProperty("since").GetDateTimeOffset().Offset);
    }

    [Theory]
    [InlineData("Production", "1", HttpStatusCode.NotFound)]
    [InlineData("Production", "0", HttpStatusCode.OK)]
    [InlineData("Development", "1", HttpStatusCode.OK)]
    public async Task DetailIsForTheManagementPort(string environment, string port, HttpStatusCode expected)
    {
        // Every request of the test server comes in on port 0.
        await using var service = await TestService.StartAsync(environment: environment, settings: ("Health:DetailPort", port));

        Assert.Equal(expected, (await service.Client.GetAsync("/health/detail", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task DetailIsClosedWhereNoPortIsSet()
    {
        await using var service = await TestService.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await service.Client.GetAsync("/health/detail", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task ProbesPassByWhateverStandsInThePipeline()
    {
        await using var service = await TestService.StartAsync(map: app => app.Run(_ => throw new InvalidOperationException()));

        Assert.Equal(HttpStatusCode.OK, (await service.Client.GetAsync("/health", Cancelled)).StatusCode);
    }
}
