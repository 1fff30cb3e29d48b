using System.Diagnostics;

namespace LittleService.Tests.Processes;

/// <summary>A process that a proof has started and may hurt.</summary>
internal sealed class Child : IAsyncDisposable
{
    private readonly Process _process;

    private Child(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static Child Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, Action<string>? line = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, data) =>
        {
            if (data.Data is { } text)
                line?.Invoke(text);
        };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new(process);
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        await using var child = Start(program, arguments);
        await child._process.WaitForExitAsync();
        if (child._process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {child._process.ExitCode}.");
    }

    /// <summary>This program again, in another part.</summary>
    public static Child Again(string part, IReadOnlyDictionary<string, string> environment, Action<string>? line = null) =>
        Start("dotnet", [typeof(Child).Assembly.Location, part], environment, line);

    public void Tell(string line) => _process.StandardInput.WriteLine(line);

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    public Task ExitAsync() => _process.WaitForExitAsync();

    public async Task StopAsync(string signal)
    {
        if (!HasExited)
            Signal(signal);
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync("KILL");
        _process.Dispose();
    }
}
