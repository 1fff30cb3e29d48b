using System.Diagnostics;

namespace AspireChoice.Tests;

/// <summary>A clean copy of this repository with a feed and a package folder of its own; the machine's packages are only read.</summary>
sealed class RepositoryCopy : IDisposable
{
    static readonly string Source = FakeFeed.Fact("RepositoryRoot");
    readonly string _folder = Directory.CreateTempSubdirectory("aspire-choice-").FullName;

    public string Root => Path.Combine(_folder, "repository");
    public string Feed => Path.Combine(_folder, "feed");
    public bool Remembers => Directory.Exists(Answers) && Directory.EnumerateFiles(Answers).Any();
    string Answers => Path.Combine(Root, "artifacts", "aspire-choice");

    public RepositoryCopy(string? feed = null)
    {
        Directory.CreateDirectory(Feed);
        foreach (var file in Run("git", Source, ["ls-files", "-co", "--exclude-standard"]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var target = Path.Combine(Root, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (File.Exists(Path.Combine(Source, file)))
                File.Copy(Path.Combine(Source, file), target);
        }
        File.WriteAllText(Path.Combine(Root, "nuget.config"), $"""
            <configuration>
              <packageSources><clear /><add key="fake" value="{feed ?? Feed}" allowInsecureConnections="true" /></packageSources>
              <fallbackPackageFolders><clear /><add key="machine" value="{FakeFeed.Fact("NuGetPackages")}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public (int ExitCode, string Output) Dotnet(params string[] arguments) => Run("dotnet", Root, arguments);

    public string Succeed(params string[] arguments)
    {
        var (exitCode, output) = Dotnet(arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }

    public string Property(string name, params string[] arguments) =>
        Dotnet(["msbuild", "LittleService.Jobs", $"-getProperty:{name}", .. arguments]).Output.Trim();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    (int ExitCode, string Output) Run(string program, string folder, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(BelongsToAnotherBuild).ToArray())
            start.Environment.Remove(name);
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder, "packages");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + errors.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }

    static bool BelongsToAnotherBuild(string name) =>
        name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase) || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name is "AspirePackages" or "DOTNET_HOST_PATH" or "RestoreSources" or "RestoreConfigFile";
}
