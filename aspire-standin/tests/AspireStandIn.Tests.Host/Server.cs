using System.Net;
using System.Net.Sockets;

namespace AspireStandIn.Tests.Host;

/// <summary>
/// Answers every request with its process id. Not by HttpListener: that one dies when somebody, such as a proxy, connects while it starts.
/// </summary>
internal static class Server
{
    public static async Task RunAsync()
    {
        var port = new Uri(Environment.GetEnvironmentVariable("ASPNETCORE_URLS")!).Port;
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        Console.WriteLine($"listening on {port}");
        while (true)
            _ = AnswerAsync(await listener.AcceptTcpClientAsync());
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using var _ = client;
            using var reader = new StreamReader(client.GetStream());
            while (await reader.ReadLineAsync() is { Length: > 0 })
            {
                // The rest of the head says nothing that matters here.
            }
            var body = $"{Environment.ProcessId}";
            await using var writer = new StreamWriter(client.GetStream());
            await writer.WriteAsync($"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }
        catch (IOException)
        {
            // Whoever asked has gone.
        }
    }
}
