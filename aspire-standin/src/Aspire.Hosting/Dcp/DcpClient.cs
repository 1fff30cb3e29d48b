using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Aspire.Hosting.Dcp;

/// <summary>DCP's API: that of a Kubernetes server.</summary>
internal sealed class DcpClient : IDisposable
{
    private static readonly MediaTypeHeaderValue MergePatch = new("application/merge-patch+json");
    private readonly HttpClient _http;

    public DcpClient(Uri server, X509Certificate2 authority, string token)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsTrusted(certificate, authority, errors);
        // Watches and logs are read for as long as the application runs.
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public Task CreateAsync<TSpec>(string plural, DcpObject<TSpec> value, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, Path(plural), JsonContent.Create(value, options: DcpJson.Options), cancellationToken);

    /// <summary>The object, or null where there is none.</summary>
    public async Task<DcpObject<TSpec>?> GetAsync<TSpec>(string plural, string name, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(Path(plural, name), cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return null;
        await ThrowIfRefusedAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<DcpObject<TSpec>>(DcpJson.Options, cancellationToken);
    }

    public Task StopAsync(string plural, string name, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, Path(plural, name), JsonContent.Create(new { spec = new { stop = true } }, MergePatch), cancellationToken);

    /// <summary>Asks for the deletion; done when the object is gone.</summary>
    public async Task DeleteAsync(string plural, string name, CancellationToken cancellationToken)
    {
        using (var response = await _http.DeleteAsync(Path(plural, name), cancellationToken))
        {
            if (response.StatusCode == HttpStatusCode.NotFound) return;
            await ThrowIfRefusedAsync(response, cancellationToken);
        }
        while (await GetAsync<JsonElement>(plural, name, cancellationToken) is not null)
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
    }

    /// <summary>All objects, then every change. Ends when DCP does or the connection breaks.</summary>
    public async IAsyncEnumerable<DcpChange<TSpec>> WatchAsync<TSpec>(string plural, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in LinesAsync($"{Path(plural)}?watch=true", cancellationToken))
            if (JsonSerializer.Deserialize<DcpChange<TSpec>>(line, DcpJson.Options) is { } change) yield return change;
    }

    /// <summary>What an instance wrote, each line with its time.</summary>
    /// <param name="plural">executables or containers.</param>
    /// <param name="name">The instance.</param>
    /// <param name="source">stdout, stderr or system.</param>
    /// <param name="more">follow=true, or tail=n.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IAsyncEnumerable<string> LogAsync(string plural, string name, string source, string more, CancellationToken cancellationToken) =>
        LinesAsync($"{Path(plural, name)}/log?source={source}&timestamps=true&{more}", cancellationToken);

    /// <summary>Tells DCP to clean up or to end.</summary>
    public Task SetExecutionAsync(string status, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Patch, "admin/execution", JsonContent.Create(new { status }, MergePatch), cancellationToken);

    /// <summary>What DCP is doing; null once it does not answer any more.</summary>
    public async Task<string?> ExecutionAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync("admin/execution", cancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return answer.TryGetProperty("status", out var status) ? status.GetString() : "";
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Path(string plural, string? name = null) => $"apis/{DcpJson.Group}/v1/{plural}{(name is null ? "" : "/" + name)}";

    private async IAsyncEnumerable<string> LinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await ThrowIfRefusedAsync(response, cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line) yield return line;
    }

    private async Task SendAsync(HttpMethod method, string path, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var response = await _http.SendAsync(request, cancellationToken);
        await ThrowIfRefusedAsync(response, cancellationToken);
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var request = response.RequestMessage!;
        throw new DcpRefusedException($"DCP refused {request.Method} {request.RequestUri!.AbsolutePath} with {(int)response.StatusCode}: {body.Trim()}");
    }

    /// <summary>DCP makes an authority of its own each time; no other counts.</summary>
    private static bool IsTrusted(X509Certificate? certificate, X509Certificate2 authority, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 server || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(server);
    }
}

internal sealed class DcpRefusedException(string message) : DistributedApplicationException(message);
