using System.Diagnostics;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A Redis of the test's own, to be stopped, wiped and filled up.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private Process? _process;

    public int Port { get; } = Ports.Free();

    public string Address => $"127.0.0.1:{Port}";

    public static async Task<OwnRedis> StartAsync()
    {
        var redis = new OwnRedis();
        await redis.StartAgainAsync();
        return redis;
    }

    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _folder.FullName, "--appendonly", "yes", "--save", "", "--daemonize", "no"])
        { RedirectStandardOutput = true })!;
        _process.BeginOutputReadLine();
        await Eventually.TrueAsync(async () => await TryAsync("PING") == "PONG");
    }

    public async Task StopAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    public Task<string> AskAsync(params string[] command) => TryAsync(command);

    /// <summary>The names of the connections it has, with the protocol each speaks; its own look is not among them.</summary>
    public async Task<string> ClientsAsync() => string.Join(' ', (await AskAsync("CLIENT", "LIST")).Split('\n')
        .Select(line => line.Split(' ').Select(field => field.Split('=', 2)).ToLookup(field => field[0], field => field[^1]))
        .Where(client => client["name"].Single().Length > 0)
        .Select(client => $"{client["name"].Single()}/{client["resp"].Single().Trim()}").Order());

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await StopAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<string> TryAsync(params string[] command)
    {
        using var client = Process.Start(new ProcessStartInfo("redis-cli", ["-p", $"{Port}", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var answer = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return answer.Trim();
    }
}
