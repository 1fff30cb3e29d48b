using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

/// <summary>An app host as a process of its own, as <c>dotnet run</c> starts it; everything that it starts carries a mark in its environment.</summary>
public sealed partial class AppHostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    // A prefix that every kind of app host hands on to what it starts.
    private readonly string _mark = $"DOTNET_APPHOST_OF_A_TEST={Guid.NewGuid():N}";

    public AppHostProcess(string dataFolder, IReadOnlyDictionary<string, string> environment, params string[] args)
    {
        DataFolder = dataFolder;
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            [typeof(LittleService.AppHost.StartException).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Projects.LittleService_AppHost.ProjectPath,
            Environment =
            {
                ["DOTNET_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_URLS"] = $"http://localhost:{Ports.Free()}",
                ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
                ["DcpPublisher__RandomizePorts"] = "true",
                ["ASPIRE_DASHBOARD_PERSISTENCE_MODE"] = "None",
                ["Servers"] = "local",
                ["DataFolder"] = dataFolder,
                [_mark.Split('=')[0]] = _mark.Split('=')[1],
            },
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(line.Data);
        _process.ErrorDataReceived += (_, line) => Append(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public AppHostProcess(string dataFolder, params string[] args) : this(dataFolder, new Dictionary<string, string>(), args)
    {
    }

    public string DataFolder { get; }

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>Waits until the app host has said where the api is, which it does once the api is healthy.</summary>
    public async Task<Uri> WaitForApiAsync(CancellationToken cancellationToken)
    {
        await WaitForOutputAsync(ApiLine(), cancellationToken);
        return new Uri(ApiLine().Match(Output).Groups[1].Value);
    }

    public async Task WaitForOutputAsync(Regex expected, CancellationToken cancellationToken)
    {
        await Wait.UntilAsync($"the app host says {expected} or ends", Graph.StartLimit, () => Task.FromResult(expected.IsMatch(Output) || _process.HasExited), cancellationToken);
        Assert.True(expected.IsMatch(Output), Output);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Graph.StartLimit, cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal to the app host alone: what it started is for it, or for DCP, to stop.</summary>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>What of it runs still: everything with the mark in its environment, or with its working directory in the data folder.</summary>
    public IReadOnlyList<string> Remains() =>
        [.. Directory.EnumerateDirectories("/proc").Where(process => char.IsAsciiDigit(Path.GetFileName(process)[0])).Where(IsOurs).Select(Describe)];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM", CancellationToken.None);
            await _process.WaitForExitAsync().WaitAsync(Wait.Limit);
        }
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(Output);
        _process.Dispose();
    }

    private bool IsOurs(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ")).Split('\0').Contains(_mark)
                || Directory.ResolveLinkTarget(Path.Combine(process, "cwd"), false)?.FullName.StartsWith(DataFolder, StringComparison.Ordinal) == true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string Describe(string process)
    {
        try
        {
            return $"{Path.GetFileName(process)} {File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ')}";
        }
        catch (IOException)
        {
            return process;
        }
    }

    private void Append(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }

    [GeneratedRegex(@"^api: (http://\S+)", RegexOptions.Multiline)]
    private static partial Regex ApiLine();
}
