using System.Net.Http.Json;
using System.Text.Json;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LittleService.UnitTests.ServiceDefaults;

/// <summary>A service of nothing but the defaults, served in memory.</summary>
internal sealed class TestService(WebApplication app) : IAsyncDisposable
{
    public static readonly (string Key, string Value) ExportToNobody = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public HttpClient Client { get; } = app.GetTestClient();

    public IServiceProvider Services => app.Services;

    public static async Task<TestService> StartAsync(
        Action<IServiceCollection>? services = null,
        Action<WebApplication>? map = null,
        string environment = "Production",
        params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, string? (setting) => setting.Value));
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        services?.Invoke(builder.Services);
        builder.WebHost.UseTestServer();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        map?.Invoke(app);
        await app.StartAsync(Cancelled);
        return new TestService(app);
    }

    public static async Task<JsonElement> ProblemAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        Assert.Equal((int)response.StatusCode, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("traceId").GetString()!);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
    }
}
