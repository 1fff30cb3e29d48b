namespace AspireChoice.Tests;

/// <summary>The whole solution over packages: beside the stand-in, and without it.</summary>
public sealed class PackagesTests
{
    [Fact]
    public void SolutionUsesThePackagesAndNeedsNoStandIn()
    {
        using var copy = new RepositoryCopy();
        FakeFeed.WriteAll(copy.Feed);
        var standIn = Path.Combine(copy.Root, "aspire-standin");

        Assert.Contains("using them.", copy.Succeed("build", "LittleService.sln", "-m:2"));
        Assert.DoesNotContain(Directory.EnumerateDirectories(standIn, "*", SearchOption.AllDirectories), folder => Path.GetFileName(folder) is "obj" or "bin");

        Directory.Delete(standIn, recursive: true);
        copy.Succeed("build", "LittleService.sln", "-m:2");

        var manifest = Path.Combine(copy.Root, "artifacts", "manifest.json");
        copy.Succeed("run", "--no-build", "--project", "LittleService.AppHost", "--", "--operation", "publish", "--step", "publish-manifest", "--output-path", manifest);
        Assert.Contains("\"worker\"", File.ReadAllText(manifest));
    }
}
