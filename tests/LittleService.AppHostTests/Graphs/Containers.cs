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
        await using var graph = await Graph.StartAsync("containers", Cancelled);

        await graph.WaitUntilSearchableAsync(await graph.AddItemAsync("in a container", Cancelled), Cancelled);
    }

    private static async Task SkipWithoutImagesAsync()
    {
        var manifest = Path.Combine(Projects.LittleService_AppHost.ProjectPath, "aspire-manifest.json");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(manifest, Cancelled));
        foreach (var resource in document.RootElement.GetProperty("resources").EnumerateObject())
            if (resource.Value.TryGetProperty("image", out var image) && !await HasImageAsync(image.GetString()!))
                Assert.Skip($"No container engine answers that has the image {image}.");
    }

    private static async Task<bool> HasImageAsync(string image)
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", ["image", "inspect", image]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            await docker.WaitForExitAsync(Cancelled);
            return docker.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
