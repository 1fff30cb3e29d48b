namespace AspireChoice.Tests;

/// <summary>The whole solution with packages: without the folder, and with the folder beside them.</summary>
public sealed class PackagesTests
{
    [Fact]
    public void SolutionNeedsNoStandInWhereThePackagesAre()
    {
        using var copy = new RepositoryCopy();
        FakeFeed.WriteAll(copy.Feed);
        copy.Delete("aspire-standin");

        var (exitCode, output) = copy.Dotnet("build", "LittleService.sln", "-m:2");
        Assert.True(exitCode == 0, output);

        var manifest = Path.Combine(copy.Root, "artifacts", "manifest.json");
        (exitCode, output) = copy.Dotnet(
            "run", "--no-build", "--project", "LittleService.AppHost", "--", "--operation", "publish", "--step", "publish-manifest", "--output-path", manifest);
        Assert.True(exitCode == 0, output);
        Assert.Contains("\"worker\"", File.ReadAllText(manifest));
    }

    [Fact]
    public void NothingOfTheStandInIsCompiledWhereThePackagesAre()
    {
        using var copy = new RepositoryCopy();
        FakeFeed.WriteAll(copy.Feed);

        var (exitCode, output) = copy.Dotnet("build", "LittleService.sln", "-m:2");

        Assert.True(exitCode == 0, output);
        Assert.Contains("using them.", output);
        var standIn = Path.Combine(copy.Root, "aspire-standin");
        Assert.DoesNotContain(Directory.EnumerateDirectories(standIn, "*", SearchOption.AllDirectories), folder => Path.GetFileName(folder) is "obj" or "bin");
    }
}
