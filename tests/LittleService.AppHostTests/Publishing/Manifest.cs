using LittleService.AppHostTests.Graphs;
using LittleService.AppHostTests.Processes;

namespace LittleService.AppHostTests.Publishing;

[Collection(OwnProcesses.Name)]
public sealed class Manifest
{
    // Set to 1, it makes the committed manifest anew.
    private const string Refresh = "REFRESH_MANIFEST";

    [Theory]
    [InlineData("--operation", "publish", "--step", "publish-manifest")]
    [InlineData("--publisher", "manifest", "--Tools=true")]
    public async Task ManifestIsTheCommittedOneAndNothingIsStarted(params string[] arguments)
    {
        // Beside the committed one, since the paths in it are relative to where it lies.
        var folder = Projects.LittleService_AppHost.ProjectPath;
        var committed = Path.Combine(folder, "aspire-manifest.json");
        var written = Path.Combine(folder, $"aspire-manifest.{Guid.NewGuid():N}.json");
        var data = Graph.NewDataFolder();
        try
        {
            await using var appHost = new AppHostProcess(data, [.. arguments, "--output-path", written]);
            Assert.True(await appHost.WaitForExitAsync(TestContext.Current.CancellationToken) == 0, appHost.Output);

            var manifest = await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken);
            if (Environment.GetEnvironmentVariable(Refresh) == "1")
                File.Copy(written, committed, overwrite: true);
            Assert.Equal(await File.ReadAllTextAsync(committed, TestContext.Current.CancellationToken), manifest, ignoreLineEndingDifferences: true);
            // Container Apps cannot serve it to Postgres.
            Assert.DoesNotContain("/var/lib/postgresql", manifest, StringComparison.Ordinal);
            Assert.Empty(appHost.Remains());
            Assert.False(Directory.Exists(data));
        }
        finally
        {
            File.Delete(written);
        }
    }

    [Fact]
    public async Task IsWrittenAlsoAfterADeploymentHasKeptItsParameters()
    {
        var home = Directory.CreateTempSubdirectory("littleservice-test-").FullName;
        try
        {
            await PublishAsync(home, "process-parameters");
            Assert.NotEmpty(Directory.GetFiles(Path.Combine(home, ".aspire", "deployments"), "*.json", SearchOption.AllDirectories));

            await PublishAsync(home, "publish-manifest");
            Assert.True(File.Exists(Path.Combine(home, "manifest.json")));
        }
        finally
        {
            Files.Delete(home);
        }
    }

    private static async Task PublishAsync(string home, string step)
    {
        string[] arguments = ["--operation", "publish", "--step", step, "--output-path", Path.Combine(home, "manifest.json")];
        await using var appHost = new AppHostProcess(Graph.NewDataFolder(), new Dictionary<string, string> { ["HOME"] = home }, arguments);
        Assert.True(await appHost.WaitForExitAsync(TestContext.Current.CancellationToken) == 0, appHost.Output);
    }
}
