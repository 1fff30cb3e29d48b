using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace LittleService.AppHostTests.Graphs;

/// <summary>The container engine of this machine, if it has one.</summary>
internal static class ContainerEngine
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Skips a test where no engine answers, or where it lacks an image of the graph, which it might pull for minutes.</summary>
    public static async Task SkipWithoutImagesAsync()
    {
        var manifest = Path.Combine(Projects.LittleService_AppHost.ProjectPath, "aspire-manifest.json");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(manifest, Cancelled));
        if (await RunAsync("info") is null)
            Assert.Skip("No Docker answers: start it to run the tests of the graph with containers.");
        foreach (var resource in document.RootElement.GetProperty("resources").EnumerateObject())
            if (resource.Value.TryGetProperty("image", out var image) && await RunAsync("image", "inspect", image.GetString()!) is null)
                Assert.Skip($"Docker lacks an image: run 'docker pull {image}' to run the tests of the graph with containers.");
    }

    public static Task<string[]> VolumesAsync() => ListAsync("volume", "ls", "--quiet", "--filter", "name=littleservice-");

    /// <summary>Containers, running or not, and networks.</summary>
    public static async Task<string[]> RemainsAsync() =>
        [.. await ListAsync("ps", "--all", "--format", "{{.Names}}"), .. await ListAsync("network", "ls", "--format", "{{.Name}}")];

    /// <summary>Removes volumes, whose containers may be about to be removed still where a test has failed.</summary>
    public static async Task RemoveVolumesAsync(IEnumerable<string> volumes)
    {
        foreach (var volume in volumes)
            for (var attempt = 0; attempt < 100 && await RunAsync("volume", "rm", volume) is null; attempt++)
                await Task.Delay(100, Cancelled);
    }

    private static async Task<string[]> ListAsync(params string[] arguments) =>
        (await RunAsync(arguments) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>What the command wrote; null where it failed, or there is no such command.</summary>
    private static async Task<string?> RunAsync(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            using var docker = Process.Start(start)!;
            var errors = docker.StandardError.ReadToEndAsync(Cancelled);
            var output = await docker.StandardOutput.ReadToEndAsync(Cancelled);
            await errors;
            await docker.WaitForExitAsync(Cancelled);
            return docker.ExitCode == 0 ? output : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
