using System.Diagnostics;

namespace LittleService.AppHostTests.Processes;

/// <summary>The short form of <c>script/rehearse processes</c>, with the programs that were built for the tests.</summary>
public sealed class Rehearsing : IDisposable
{
    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("littleservice-programs-");

    [Fact(Timeout = 300_000)]
    public async Task NoRequestAndNoJobIsLostWhileProcessesAreReplaced()
    {
        if (!File.Exists("/usr/sbin/haproxy")) Assert.Skip("There is no haproxy on this machine: script/bootstrap --browser installs it.");
        if (!Directory.Exists("/usr/lib/postgresql")) Assert.Skip("There is no Postgres on this machine beside that of the container engine.");
        Directory.CreateSymbolicLink(Path.Combine(_programs.FullName, "api"), OutputOf("LittleService.Api"));
        Directory.CreateSymbolicLink(Path.Combine(_programs.FullName, "worker"), OutputOf("LittleService.Worker"));

        var program = Path.Combine(OutputOf(Path.Combine("tests", "LittleService.Rehearsal")), "LittleService.Rehearsal.dll");
        using var rehearsal = Process.Start(new ProcessStartInfo("dotnet", [program, "--now", _programs.FullName, "--short"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var stop = TestContext.Current.CancellationToken;
        await using var end = stop.Register(() => rehearsal.Kill(entireProcessTree: true));
        var (said, errors) = (rehearsal.StandardOutput.ReadToEndAsync(stop), rehearsal.StandardError.ReadToEndAsync(stop));
        await rehearsal.WaitForExitAsync(stop);

        Assert.True(rehearsal.ExitCode == 0, $"{await said}\n{await errors}");
    }

    public void Dispose() => _programs.Delete(recursive: true);

    // This runs in tests/<name>/bin/<configuration>/<framework>.
    private static string OutputOf(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        return Path.Combine(root, project, "bin", here.Parent.Name, here.Name);
    }
}
