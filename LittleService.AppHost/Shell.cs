using System.ComponentModel;
using System.Diagnostics;

namespace LittleService.AppHost;

internal static class Shell
{
    /// <summary>Runs a program for at most the given time. A program that is missing or too slow counts as failed.</summary>
    public static Task<ShellResult> RunAsync(TimeSpan limit, string program, params string[] arguments) =>
        RunAsync(limit, program, arguments, CancellationToken.None);

    public static async Task<ShellResult> RunAsync(
        TimeSpan limit,
        string program,
        string[] arguments,
        CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            },
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            process.StartInfo.Environment[name] = value;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(limit);
        try
        {
            process.Start();
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            var output = await process.StandardOutput.ReadToEndAsync(timeout.Token);
            await process.WaitForExitAsync(timeout.Token);
            var succeeded = process.ExitCode == 0;
            return new ShellResult(succeeded, output.Trim(), (await errors).Trim(), succeeded ? "" : "does not answer");
        }
        catch (Win32Exception)
        {
            return new ShellResult(false, "", "", "is not installed");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new ShellResult(false, "", "", $"did not answer within {limit.TotalSeconds:0} s");
        }
    }
}

/// <param name="Succeeded">Whether it ended in time with code 0.</param>
/// <param name="Output">Its standard output, trimmed.</param>
/// <param name="Errors">What it wrote to standard error, trimmed.</param>
/// <param name="Fault">What went wrong, as the end of a sentence; empty where nothing did.</param>
internal sealed record ShellResult(bool Succeeded, string Output, string Errors, string Fault);
