using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.UnitTests;

/// <summary>The program whose assembly holds <typeparamref name="T"/>, where neither Postgres nor Redis can be reached.</summary>
internal sealed class Process<T>(Action<IServiceCollection>? configure, params (string Key, string Value)[] settings)
    : WebApplicationFactory<T>
    where T : class
{
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("ConnectionStrings:db", "Host=127.0.0.1;Port=1").UseSetting("ConnectionStrings:redis", "127.0.0.1:1");
        builder.UseSetting("environment", "Production").UseSetting("Accounts:AdminPassword", "Marmot-Quilt-Tundra-88");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        if (configure is not null) builder.ConfigureTestServices(configure);
    }
}
