using System.Globalization;
using System.Net.Sockets;
using System.Text;
using LittleService.Tests.Processes;

namespace LittleService.Rehearsal;

/// <summary>HAProxy with one public port, TLS and HTTP/2, which asks each instance three times a second whether it is ready.</summary>
internal sealed class Proxy : IAsyncDisposable
{
    private const int Slots = 8;

    // Where only root looks for programs.
    private const string Debian = "/usr/sbin/haproxy";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("littleservice-proxy-");
    private Child? _process;

    public Uri Address { get; } = new($"https://localhost:{Ports.Free()}");

    /// <summary>Ports at which an instance is looked for.</summary>
    public IReadOnlyList<int> ApiPorts { get; } = [.. Enumerable.Range(0, Slots).Select(static _ => Ports.Free()).Distinct()];

    public TlsCertificate Certificate { get; } = TlsCertificate.Create();

    private string StatisticsSocket => Path.Combine(_folder.FullName, "statistics");

    public async Task StartAsync()
    {
        var (certificate, settings) = (Path.Combine(_folder.FullName, "tls.pem"), Path.Combine(_folder.FullName, "haproxy.cfg"));
        await File.WriteAllTextAsync(certificate, Certificate.Pem);
        await File.WriteAllTextAsync(settings, Settings(certificate));
        _process = Child.Start(File.Exists(Debian) ? Debian : "haproxy", ["-f", settings], line: static line => Journal.Add("haproxy", line));
    }

    /// <summary>What it thinks of the instance at this port, and how many requests it gave it so far.</summary>
    public async Task<(bool IsUp, long Requests)> SeeAsync(int port)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(StatisticsSocket));
        await socket.SendAsync(Encoding.ASCII.GetBytes("show stat\n"));
        using var reader = new StreamReader(new NetworkStream(socket));
        var row = (await reader.ReadToEndAsync()).Split('\n').Select(static line => line.Split(',')).First(row => row is ["api", var name, ..] && name == $"at{port}");
        return (row[17].StartsWith("UP", StringComparison.Ordinal), long.Parse(row[7], CultureInfo.InvariantCulture));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private string Settings(string certificate) => $"""
        global
          stats socket {StatisticsSocket} mode 600
          log stdout format raw local0 notice
        defaults
          mode http
          log global
          timeout connect 2s
          timeout client 30s
          timeout server 30s
          timeout check 2s
          # Nothing is sent again, so that nothing hides a request that was dropped.
          retries 0
        frontend public
          bind 127.0.0.1:{Address.Port} ssl crt {certificate} alpn h2,http/1.1
          http-request set-header X-Forwarded-For %[src]
          http-request set-header X-Forwarded-Proto https
          http-request set-header X-Forwarded-Host %[req.hdr(host)]
          default_backend api
        backend api
          balance roundrobin
          option httpchk GET /health
          default-server check inter 300ms fall 2 rise 1
          {string.Join("\n  ", ApiPorts.Select(static port => $"server at{port} 127.0.0.1:{port}"))}

        """;
}
