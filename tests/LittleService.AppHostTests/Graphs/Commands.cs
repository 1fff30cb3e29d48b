using System.Net;

namespace LittleService.AppHostTests.Graphs;

public sealed class Commands(SharedGraph shared) : SharedGraphTest(shared)
{
    [Fact]
    public async Task ResetDatabaseMakesItEmptyAndReady()
    {
        var item = await Graph.AddItemAsync("before the reset", Cancelled);
        await Graph.WaitForHealthyAsync(ResourceNames.Database, Cancelled);

        await Graph.CommandAsync(ResourceNames.Database, "reset-database", Cancelled);

        await Wait.UntilAsync("the item is gone", async () => (await Graph.Api.GetAsync($"/api/items/{item}", Cancelled)).StatusCode == HttpStatusCode.NotFound, Cancelled);
        await Graph.SignInAsync(Cancelled);
        await Graph.WaitUntilSearchableAsync(await Graph.AddItemAsync("after the reset", Cancelled), Cancelled);
    }
}
