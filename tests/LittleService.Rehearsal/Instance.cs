using System.Diagnostics;
using System.Net;
using LittleService.Tests.Processes;

namespace LittleService.Rehearsal;

/// <summary>One process of the api or the worker, at its own port.</summary>
internal sealed class Instance : IAsyncDisposable
{
    private static readonly HttpClient Health = new() { Timeout = TimeSpan.FromSeconds(2) };

    private readonly Child _process;

    private Instance(Child process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public bool HasExited => _process.HasExited;

    public static Instance Start(string program, int port, IReadOnlyDictionary<string, string> settings) => new(
        Child.Start("dotnet", [program], new Dictionary<string, string>(settings) { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" }, line => Journal.Add($"{Path.GetFileNameWithoutExtension(program)} at {port}", line)), port);

    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Health.GetAsync(new Uri($"http://127.0.0.1:{Port}/health"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Whether it was ready within this time.</summary>
    public async Task<bool> BecomesReadyAsync(TimeSpan within)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < within && !HasExited; await Task.Delay(50))
            if (await IsReadyAsync()) return true;
        return false;
    }

    public void Signal(string name) => _process.Signal(name);

    public Task StopAsync() => _process.StopAsync("TERM");

    public Task KillAsync() => _process.StopAsync("KILL");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
