using System.Diagnostics;

namespace LittleService.Rehearsal;

/// <summary>The client of the container engine.</summary>
internal static class Docker
{
    public static Task<string> RunAsync(params string[] arguments) => RunAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Gives what the command wrote.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(environment, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"docker {string.Join(' ', arguments)} ended with {code}: {errors}");
    }

    public static async Task<(int Code, string Output, string Errors)> TryAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var docker = Process.Start(start)!;
        var (output, errors) = (docker.StandardOutput.ReadToEndAsync(), docker.StandardError.ReadToEndAsync());
        await docker.WaitForExitAsync();
        return (docker.ExitCode, (await output).Trim(), (await errors).Trim());
    }

    public static async Task<string[]> LinesAsync(params string[] arguments) =>
        (await RunAsync(arguments)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
