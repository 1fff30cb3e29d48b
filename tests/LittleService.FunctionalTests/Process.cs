using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;

namespace LittleService.FunctionalTests;

/// <summary>
/// The program whose assembly holds <typeparamref name="T"/>, inside the test's process but behind a real Kestrel: the limits of
/// the server are part of what is tested.
/// </summary>
internal sealed class Process<T> : WebApplicationFactory<T>
    where T : class
{
    private readonly (string Key, string Value)[] _settings;

    public Process((string Key, string Value)[] settings)
    {
        _settings = settings;
        ClientOptions.AllowAutoRedirect = false;
        // Not UseKestrel(0): it sets the port after the program may have started its server.
        UseKestrel();
    }

    public HttpClient Start()
    {
        StartServer();
        return CreateClient();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting(WebHostDefaults.ServerUrlsKey, "http://127.0.0.1:0");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
    }
}
