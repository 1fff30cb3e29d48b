using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace LittleService.AppHostTests.Graphs;

/// <summary>The graph with containers, where an engine with the two images answers.</summary>
[Collection(SharedGraph.Name)]
public sealed class Containers
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GraphRunsOnContainersToo()
    {
        await SkipWithoutImagesAsync();
        var volumes = await VolumesAsync();
        try
        {
            await using var graph = await Graph.StartAsync("containers", Cancelled);

            await graph.WaitUntilSearchableAsync(await graph.AddItemAsync("in a container", Cancelled), Cancelled);
        }
        finally
        {
            foreach (var volume in (await VolumesAsync()).Except(volumes))
                await DockerAsync("volume", "rm", volume);
        }
    }

    private static async Task SkipWithoutImagesAsync()
    {
        var manifest = Path.Combine(Projects.LittleService_AppHost.ProjectPath, "aspire-manifest.json");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(manifest, Cancelled));
        foreach (var resource in document.RootElement.GetProperty("resources").EnumerateObject())
            if (resource.Value.TryGetProperty("image", out var image) && await DockerAsync("image", "inspect", image.GetString()!) is null)
                Assert.Skip($"No container engine answers that has the image {image}.");
    }

    private static async Task<string[]> VolumesAsync() =>
        (await DockerAsync("volume", "ls", "--quiet", "--filter", "name=littleservice-"))!.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the command wrote; null where it failed, or there is no such command.</summary>
    private static async Task<string?> DockerAsync(params string[] arguments)
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true })!;
            var output = await docker.StandardOutput.ReadToEndAsync(Cancelled);
            await docker.WaitForExitAsync(Cancelled);
            return docker.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
