using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace LittleService.ServiceDefaults;

/// <summary>The verb <c>health</c> of a program: the health check of a container whose image has no shell and no client.</summary>
public static class HealthVerb
{
    /// <summary>What the first argument is.</summary>
    public const string Name = "health";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Asks the process that listens where these settings say for its <c>/health</c>, and prints the word. The exit code is 0 where it is
    /// ready, and 1 where it is not or does not answer within three seconds.
    /// </summary>
    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var address = AddressOf(configuration);
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        // Never through the proxy that HTTP_PROXY names.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        try
        {
            using var response = await client.GetAsync(new Uri(address, "/health"), limit.Token);
            await Console.Out.WriteLineAsync(await response.Content.ReadAsStringAsync(limit.Token));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer: {exception.Message}");
            return 1;
        }
    }

    /// <summary>Where a server with these settings can be reached from its own machine, by what the server itself reads first.</summary>
    internal static Uri AddressOf(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(static endpoint => endpoint["Url"]);
        var ports = (configuration["http_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries);
        var listening = endpoints.Concat((configuration["urls"] ?? "").Split(';'))
            .Concat(ports.Select(static port => $"http://*:{port}"))
            .FirstOrDefault(static url => url?.Trim().StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true);
        var binding = BindingAddress.Parse(listening?.Trim() ?? "http://localhost:5000");
        return new($"http://{(binding.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : binding.Host)}:{binding.Port}");
    }
}
