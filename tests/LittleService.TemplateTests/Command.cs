using System.Diagnostics;

namespace LittleService.TemplateTests;

static class Command
{
    /// <summary>Runs a program to its end and gives its output; an exit code other than 0 fails the test with all that was said.</summary>
    public static string Run(string program, string folder, IEnumerable<string> arguments)
    {
        using var process = Start(program, folder, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{output}{errors.GetAwaiter().GetResult()}");
        return output;
    }

    /// <summary>Starts a program as a terminal would: nothing of the build that runs the tests reaches it.</summary>
    public static Process Start(string program, string folder, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfTheTestRun).ToArray())
            start.Environment.Remove(name);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        // The dashboard would keep what it has seen, passwords among it, in the home folder of whoever runs the tests.
        start.Environment["ASPIRE_DASHBOARD_PERSISTENCE_MODE"] = "None";
        start.Environment["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true";
        return Process.Start(start)!;
    }

    private static bool IsOfTheTestRun(string name) =>
        name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("VSTEST", StringComparison.Ordinal)
        || name.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
        || name is "DOTNET_HOST_PATH";
}
