using System.Diagnostics;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A Redis of the test's own, to be stopped, wiped and filled up.</summary>
internal sealed class OwnRedis : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private readonly int _port = Ports.Free();
    private Process? _process;

    public string Address => $"127.0.0.1:{_port}";

    public static async Task<OwnRedis> StartAsync()
    {
        var redis = new OwnRedis();
        await redis.StartAgainAsync();
        return redis;
    }

    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder.FullName, "--appendonly", "yes", "--save", "", "--daemonize", "no"])
        { RedirectStandardOutput = true })!;
        _process.BeginOutputReadLine();
        await Eventually.TrueAsync(async () => await TryAsync("PING") == "PONG");
    }

    public async Task StopAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    public Task<string> AskAsync(params string[] command) => TryAsync(command);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private async Task<string> TryAsync(params string[] command)
    {
        using var client = Process.Start(new ProcessStartInfo("redis-cli", ["-p", $"{_port}", .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var answer = await client.StandardOutput.ReadToEndAsync();
        await client.WaitForExitAsync();
        return answer.Trim();
    }
}
