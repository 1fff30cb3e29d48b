using System.Diagnostics;
using System.Globalization;
using AspireStandIn.Tests.Running;

namespace AspireStandIn.Tests.Processes;

/// <summary>An app host in a process of its own.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _lines = [];

    public HostProcess(IEnumerable<string> args, IReadOnlyDictionary<string, string>? environment = null)
    {
        var folder = Path.GetDirectoryName(Application.HostProject)!;
        var output = Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!;
        var program = Path.Combine(folder, "bin", output, "net10.0", "AspireStandIn.Tests.Host");
        // A test run in the background of a shell ignores Ctrl-C, and would pass that on.
        var info = new ProcessStartInfo("/usr/bin/env", ["--default-signal=INT", program, .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
            ?? Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "..", "..", "..", "..", "dotnet")));
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) info.Environment[name] = value;
        _process = Process.Start(info)!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    /// <summary>Reads the output up to a line that holds the text, and gives that line.</summary>
    public async Task<string> LineAsync(string text, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Application.Limit);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            _lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal)) return line;
        }
        throw new InvalidOperationException($"The app host never said '{text}' but: {string.Join('\n', _lines)}\n{await _errors}");
    }

    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <summary>Waits for the end, and gives exit code and error stream.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync(CancellationToken cancellationToken)
    {
        var output = _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(Application.Limit, cancellationToken);
        await output;
        return (_process.ExitCode, await _errors);
    }

    /// <summary>Processes that have the text among their arguments.</summary>
    public static int Count(string text) => Directory.EnumerateDirectories("/proc").Count(process =>
    {
        try
        {
            return char.IsAsciiDigit(Path.GetFileName(process)[0])
                && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(text, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
