using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// One DCP of one application. It watches this process and ends everything where this process dies; a stop in order is asked for.
/// </summary>
internal sealed class DcpSession : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private DcpSession(DirectoryInfo folder, DcpClient client) => (_folder, Client) = (folder, client);

    public DcpClient Client { get; }

    public static async Task<DcpSession> StartAsync(AspireBundle bundle, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("aspire-dcp-");
        var kubeconfig = Path.Combine(folder.FullName, "kubeconfig");
        var log = Path.Combine(folder.FullName, "dcp.log");
        using (var starter = Process.Start(StartInfo(bundle, folder.FullName, kubeconfig, log))!) await starter.WaitForExitAsync(cancellationToken);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        try
        {
            while (true)
            {
                // The file appears late, and may be half written when it does.
                if (await TryConnectAsync(kubeconfig, patience.Token) is { } client) return new DcpSession(folder, client);
                await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var last = File.Exists(log) ? (await File.ReadAllLinesAsync(log, cancellationToken)).LastOrDefault() : null;
            throw new DistributedApplicationException($"DCP did not start within 90 seconds: {last ?? bundle.Dcp + " said nothing"}");
        }
    }

    /// <summary>Ends what still runs, then DCP itself; done when both are gone.</summary>
    public async ValueTask DisposeAsync()
    {
        // A container that ignores the signal to stop is given 10 seconds by its engine.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await Client.SetExecutionAsync("CleaningResources", patience.Token);
            while (await Client.ExecutionAsync(patience.Token) is not (null or "CleanupComplete"))
                await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
            await Client.SetExecutionAsync("Stopping", patience.Token);
            while (await Client.ExecutionAsync(patience.Token) is not null || IsProcessLeft())
                await Task.Delay(TimeSpan.FromMilliseconds(50), patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or DcpRefusedException)
        {
            // DCP has gone already, or ends by itself as soon as this process has.
        }
        Client.Dispose();
        try
        {
            if (_folder.Exists) _folder.Delete(recursive: true);
        }
        catch (IOException)
        {
            // DCP deletes the folder too.
        }
    }

    /// <summary>DCP is several processes; all have the path of this session among their arguments. Their parent is not this process.</summary>
    private bool IsProcessLeft() => Directory.Exists("/proc") && Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0])
                && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_folder.FullName, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private static ProcessStartInfo StartInfo(AspireBundle bundle, string folder, string kubeconfig, string log)
    {
        // Detached, DCP outlives a kill of this process long enough to clean up, and a Ctrl-C in the terminal does not reach it.
        string[] dcp = ["start-apiserver", "--detach", "--monitor", $"{Environment.ProcessId}", "--kubeconfig", kubeconfig];
        var info = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1", "sh", log, bundle.Dcp, .. dcp]);
        info.Environment.Clear();
        foreach (var (name, value) in AmbientEnvironment.Inherited()) info.Environment[name] = value;
        info.Environment["DCP_SESSION_FOLDER"] = folder;
        return info;
    }

    private static async Task<DcpClient?> TryConnectAsync(string kubeconfig, CancellationToken cancellationToken)
    {
        if (!File.Exists(kubeconfig)) return null;
        var lines = await File.ReadAllLinesAsync(kubeconfig, cancellationToken);
        if (Value("server") is not { } server || Value("certificate-authority-data") is not { } authority || Value("token") is not { } token) return null;
        var certificate = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(authority)));
        var client = new DcpClient(new Uri(server.TrimEnd('/') + "/"), certificate, token);
        if (await client.ExecutionAsync(cancellationToken) is not null) return client;
        client.Dispose();
        return null;

        string? Value(string key) => lines.Select(line => line.Trim().TrimStart('-', ' ')).FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal))
            is { } line && line[(key.Length + 1)..].Trim(' ', '"') is { Length: > 0 } value ? value : null;
    }
}
