using System.Diagnostics;
using LittleService.ChaosWorker;
using LittleService.ServiceDefaults;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A worker in a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    public static WorkerProcess Start(
        JobDatabaseFixture database, string prefix, double leaseSeconds = 2, string part = "work", Dictionary<string, string>? settings = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CountedEffect).Assembly.Location, part]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[$"ConnectionStrings__{ResourceNames.Database}"] = database.Database;
        start.Environment[$"ConnectionStrings__{ResourceNames.Redis}"] = database.Redis;
        start.Environment["Jobs__KeyPrefix"] = prefix;
        start.Environment["Jobs__Lease"] = TimeSpan.FromSeconds(leaseSeconds).ToString();
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in settings ?? [])
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);
    }

    public void Kill() => Signal("KILL");

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public Task ExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
