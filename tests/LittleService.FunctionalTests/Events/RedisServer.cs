using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using StackExchange.Redis;

namespace LittleService.FunctionalTests.Events;

/// <summary>A Redis of the test's own, to be stopped, killed, flushed and put back to an older file.</summary>
internal sealed class RedisServer(string options = "--save \"\" --appendonly yes --appendfsync always") : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("littleservice-redis-").FullName;
    private readonly int _port = Ports.Free();
    private Process? _process;

    public string Connection => $"127.0.0.1:{_port},allowAdmin=true,connectTimeout=1000";

    /// <summary>Starts it, or skips the test on a machine that has no <c>redis-server</c>.</summary>
    public async Task<RedisServer> StartAsync()
    {
        var start = new ProcessStartInfo("redis-server", $"--port {_port} --bind 127.0.0.1 --dir {_folder} {options}")
        {
            RedirectStandardOutput = true,
        };
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no redis-server on this machine.");
        }
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
        await Eventually.SeeAsync(TryPingAsync, answered => answered);
        return this;
    }

    /// <summary>Ends it as its service manager does.</summary>
    public async Task StopAsync()
    {
        try
        {
            await ExecuteAsync("SHUTDOWN");
        }
        catch (RedisException)
        {
            // It does not answer: it has gone.
        }
        await _process!.WaitForExitAsync();
    }

    /// <summary>Ends it as a kill -9 does; nothing is written any more.</summary>
    public Task KillAsync()
    {
        _process!.Kill();
        return _process.WaitForExitAsync();
    }

    /// <summary>Whether a text stands in its append-only file, from where no kill -9 can take it.</summary>
    public bool HasWritten(string text) =>
        Directory.GetFiles(_folder, "*.incr.aof", SearchOption.AllDirectories).Any(file => Encoding.Latin1.GetString(ReadShared(file)).Contains(text, StringComparison.Ordinal));

    /// <summary>Keeps a copy of its files as they are now, without which <see cref="Restore"/> has nothing.</summary>
    public void Save() => Copy(_folder, _folder + ".old");

    /// <summary>Puts the files back to what they were: an older backup. It must not be running.</summary>
    public void Restore()
    {
        Directory.Delete(_folder, recursive: true);
        Copy(_folder + ".old", _folder);
    }

    public async Task<RedisResult> ExecuteAsync(string command, params object[] arguments)
    {
        using var connection = await ConnectionMultiplexer.ConnectAsync(Connection);
        return await connection.GetDatabase().ExecuteAsync(command, arguments);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        if (Directory.Exists(_folder + ".old")) Directory.Delete(_folder + ".old", recursive: true);
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private async Task<bool> TryPingAsync()
    {
        try
        {
            return (string?)await ExecuteAsync("PING") == "PONG";
        }
        catch (RedisException)
        {
            return false;
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        foreach (var folder in Directory.GetDirectories(from)) Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }
}
