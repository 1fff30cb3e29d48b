using System.Net;

namespace LittleService.AppHostTests.Graphs;

/// <summary>The graph with containers, where an engine with the two images answers.</summary>
[Collection(SharedGraph.Name)]
public sealed class Containers
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GraphRunsOnContainersAndIsReset()
    {
        await ContainerEngine.SkipWithoutImagesAsync();
        var volumes = await ContainerEngine.VolumesAsync();
        try
        {
            await using var graph = await Graph.StartAsync("containers", Cancelled);
            var item = await graph.AddItemAsync("in a container", Cancelled);
            await graph.WaitUntilSearchableAsync(item, Cancelled);

            await graph.CommandAsync(ResourceNames.Database, "reset-database", Cancelled);

            await Wait.UntilAsync("the item is gone", async () =>
                (await graph.Api.GetAsync($"/api/items/{item}", Cancelled)).StatusCode == HttpStatusCode.NotFound, Cancelled);
            await graph.SignInAsync(Cancelled);
            await graph.WaitUntilSearchableAsync(await graph.AddItemAsync("after the reset", Cancelled), Cancelled);
        }
        finally
        {
            await ContainerEngine.RemoveVolumesAsync((await ContainerEngine.VolumesAsync()).Except(volumes));
        }
    }
}
