using System.Net;
using System.Text;

namespace AspireStandIn.Tests.Host;

/// <summary>Answers every request with its process id.</summary>
internal static class Server
{
    public static async Task RunAsync()
    {
        var port = new Uri(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!).Port;
        using var listener = new HttpListener { Prefixes = { $"http://localhost:{port}/" } };
        listener.Start();
        Console.WriteLine($"listening on {port}");
        while (true)
        {
            var context = await listener.GetContextAsync();
            context.Response.Close(Encoding.UTF8.GetBytes($"{Environment.ProcessId}"), willBlock: false);
        }
    }
}
