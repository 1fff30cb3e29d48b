using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests;

/// <summary>
/// The program whose assembly holds <typeparamref name="T"/>, inside the test's process but behind a real Kestrel: the limits of
/// the server are part of what is tested.
/// </summary>
internal sealed class Process<T> : WebApplicationFactory<T>
    where T : class
{
    private readonly (string Key, string Value)[] _settings;
    private readonly Action<IServiceCollection>? _replace;

    public Process((string Key, string Value)[] settings, Action<IServiceCollection>? replace = null)
    {
        (_settings, _replace) = (settings, replace);
        // Not UseKestrel(0), which sets the port when the program may already be starting its server.
        UseKestrel(server => server.Listen(IPAddress.Loopback, 0));
    }

    /// <summary>A client with cookies; redirects are answers like any other.</summary>
    public HttpClient Start()
    {
        StartServer();
        return new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = ClientOptions.BaseAddress };
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("Logging:Console:LogLevel:Default", "Warning");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        if (_replace is not null) builder.ConfigureTestServices(_replace);
    }
}
