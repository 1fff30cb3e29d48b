using System.Net;
using Npgsql;

namespace LittleService.AppHostTests.Graphs;

public sealed class Commands(SharedGraph shared) : SharedGraphTest(shared)
{
    [Fact]
    public async Task CommandsOfTheWorkerPauseAndResumeAQueueReplayAndRunASchedule()
    {
        Assert.Contains("paused", await Graph.CommandAsync(ResourceNames.Worker, "pause-queue", "queue", "quiet", Cancelled), StringComparison.Ordinal);
        Assert.Contains("resumed", await Graph.CommandAsync(ResourceNames.Worker, "resume-queue", "queue", "quiet", Cancelled), StringComparison.Ordinal);
        Assert.Contains("Replayed dead letters: 0.", await Graph.CommandAsync(ResourceNames.Worker, "replay-dead-letters", "kind", "", Cancelled), StringComparison.Ordinal);
        Assert.Contains("runs now", await Graph.CommandAsync(ResourceNames.Worker, "run-schedule", "schedule", "clean_imports", Cancelled), StringComparison.Ordinal);

        await using var database = await Graph.OpenDatabaseAsync(Cancelled);
        await using var audit = new NpgsqlCommand("select string_agg(action, ' ' order by id) from job_audit where actor like 'worker verb of %'", database);
        Assert.Equal("pause resume replay run-schedule", await audit.ExecuteScalarAsync(Cancelled));
    }

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
