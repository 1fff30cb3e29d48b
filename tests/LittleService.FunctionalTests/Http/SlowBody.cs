using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace LittleService.FunctionalTests.Http;

/// <summary>A request whose body comes a byte at a time, over a connection of its own.</summary>
internal sealed class SlowBody : IDisposable
{
    private readonly TcpClient _client = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Sends the head, and with <paramref name="length"/> null a body in chunks, else one of that length; and the first byte of it.</summary>
    public static async Task<SlowBody> BeginAsync(HttpClient api, string path, string headers = "", int? length = null)
    {
        var body = new SlowBody();
        var address = api.BaseAddress!;
        await body._client.ConnectAsync(address.Host, address.Port, Stop);
        var framing = length is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bytes}") : "Transfer-Encoding: chunked";
        var first = length is null ? "1\r\n{\r\n" : "{";
        await body.WriteAsync($"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\n{headers}{framing}\r\n\r\n{first}");
        return body;
    }

    public async Task WriteAsync(string text) => await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Stop);

    /// <summary>The first line that comes back; empty when the connection was closed without one.</summary>
    public async Task<string> AnswerAsync()
    {
        using var reader = new StreamReader(_client.GetStream(), leaveOpen: true);
        return await reader.ReadLineAsync(Stop) ?? "";
    }

    public void Dispose() => _client.Dispose();
}
