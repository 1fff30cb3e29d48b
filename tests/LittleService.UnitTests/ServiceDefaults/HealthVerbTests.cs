using System.Diagnostics;
using LittleService.Api.Layout;
using LittleService.ServiceDefaults;
using LittleService.Worker;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class HealthVerbTests
{
    public static TheoryData<Type> Programs => [typeof(App), typeof(MigrateAtStart)];

    [Theory]
    [InlineData("http://localhost:5000/", "other", "value")]
    [InlineData("http://localhost:8080/", "http_ports", "8080;8081")]
    [InlineData("http://localhost:9000/", "http_ports", "8080", "urls", "https://+:9443;http://+:9000")]
    [InlineData("http://10.1.2.3:81/", "urls", "http://10.1.2.3:81")]
    [InlineData("http://localhost:7000/", "urls", "http://*:9000", "Kestrel:Endpoints:Inner:Url", "http://0.0.0.0:7000")]
    public void AddressIsTheOneThatTheServerListensOn(string address, params string[] settings)
    {
        var pairs = settings.Chunk(2).ToDictionary(pair => pair[0], string? (pair) => pair[1]);

        Assert.Equal(address, HealthVerb.AddressOf(new ConfigurationBuilder().AddInMemoryCollection(pairs).Build()).ToString());
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task VerbAsksTheProcessBesideItAndNeedsNoSettingsOfServers(Type program)
    {
        var healthy = true;
        await using var app = await StartAsync(() => healthy);
        var address = app.Urls.Single();

        Assert.Equal((0, "Healthy"), await RunAsync(program, address));
        healthy = false;
        Assert.Equal((1, "Unhealthy"), await RunAsync(program, address));
        await app.StopAsync(TestContext.Current.CancellationToken);
        var (code, said) = await RunAsync(program, address);
        Assert.Equal(1, code);
        Assert.StartsWith($"{address}/ does not answer: ", said);
    }

    private static async Task<WebApplication> StartAsync(Func<bool> isHealthy)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/health", () => isHealthy() ? Results.Text("Healthy") : Results.Text("Unhealthy", statusCode: 503));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task<(int Code, string Said)> RunAsync(Type program, string address)
    {
        var start = new ProcessStartInfo("dotnet", [program.Assembly.Location, "health", $"--urls={address}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, (output + await errors).Trim());
    }
}
