using System.Diagnostics;
using LittleService.Api.Layout;
using LittleService.ChaosWorker;
using LittleService.ServiceDefaults;
using LittleService.Worker;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A worker in a process of its own.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public bool HasExited => _process.HasExited;

    /// <summary>How many bytes of memory it has now, and the most that it ever had.</summary>
    public (long Now, long Most) Memory
    {
        get
        {
            _process.Refresh();
            return (_process.WorkingSet64, _process.PeakWorkingSet64);
        }
    }

    /// <summary>A worker of the whole service.</summary>
    public static WorkerProcess Start(Service service, params (string Key, string Value)[] settings) =>
        Start<MigrateAtStart>([.. service.Settings, .. settings, ("urls", "http://127.0.0.1:0")]);

    /// <summary>No worker but an api, for who needs one in a process of its own.</summary>
    public static WorkerProcess StartApi(Service service, Uri address, Dictionary<string, string>? environment = null) =>
        Start<App>([.. service.Settings, ("urls", address.ToString())], environment);

    /// <summary>A worker of the jobs that are made for tests.</summary>
    public static WorkerProcess Start(
        JobDatabaseFixture database, string prefix, double leaseSeconds = 2, string part = "work", Dictionary<string, string>? settings = null)
    {
        var environment = new Dictionary<string, string>(settings ?? [])
        {
            [$"ConnectionStrings__{ResourceNames.Database}"] = database.Database,
            [$"ConnectionStrings__{ResourceNames.Redis}"] = database.Redis,
            ["Jobs__KeyPrefix"] = prefix,
            ["Jobs__Lease"] = TimeSpan.FromSeconds(leaseSeconds).ToString(),
        };
        return new(Start([typeof(CountedEffect).Assembly.Location, part], environment));
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

    private static WorkerProcess Start<T>((string Key, string Value)[] settings, Dictionary<string, string>? environment = null) =>
        new(Start([typeof(T).Assembly.Location, .. settings.Select(setting => $"--{setting.Key}={setting.Value}")], environment));

    private static Process Start(string[] arguments, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
