using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Faults;

public sealed class RedisDown(SharedGraph shared) : SharedGraphTest(shared)
{
    [Fact]
    public async Task ItemsAreAddedAndTheirJobsRunWithoutRedisAndAfterIt()
    {
        await Graph.CommandAsync(ResourceNames.Redis, KnownResourceCommands.StopCommand, Cancelled);
        try
        {
            await Graph.WaitUntilSearchableAsync(await Graph.AddItemAsync("without Redis", Cancelled), Cancelled);
        }
        finally
        {
            await Graph.CommandAsync(ResourceNames.Redis, KnownResourceCommands.StartCommand, Cancelled);
        }

        await Graph.WaitForHealthyAsync(ResourceNames.Redis, Cancelled);
        await Graph.WaitUntilSearchableAsync(await Graph.AddItemAsync("with Redis again", Cancelled), Cancelled);
    }
}
