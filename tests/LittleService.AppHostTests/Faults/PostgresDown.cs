using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Faults;

public sealed class PostgresDown(SharedGraph shared) : SharedGraphTest(shared)
{
    private const int Rounds = 20;

    // The promise is two seconds. Told apart from it on any machine is an api that waits for the driver's own limits, 15 s and more.
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task ApiSaysSoWithoutWaitingAndIsWholeAgainByItself()
    {
        var item = await Graph.AddItemAsync("before the outage", Cancelled);
        await Graph.CommandAsync(ResourceNames.Postgres, KnownResourceCommands.StopCommand, Cancelled);
        try
        {
            await WatchOutageAsync(item);
        }
        finally
        {
            await Graph.CommandAsync(ResourceNames.Postgres, KnownResourceCommands.StartCommand, Cancelled);
        }

        await Wait.UntilAsync("the api is ready", async () => (await Graph.Api.GetAsync("/health", Cancelled)).StatusCode == HttpStatusCode.OK, Cancelled);
        await Graph.WaitUntilSearchableAsync(await Graph.AddItemAsync("after the outage", Cancelled), Cancelled);
        await Graph.WaitUntilSearchableAsync(item, Cancelled);
        await Graph.WaitForHealthyAsync(ResourceNames.Api, Cancelled);
    }

    private async Task WatchOutageAsync(Guid item)
    {
        await Wait.UntilAsync("no replica of the api is ready", IsNoReplicaReadyAsync, Cancelled);
        for (var round = 0; round < Rounds; round++)
        {
            await AssertProblemAsync(limit => Graph.Api.GetAsync($"/api/items/{item}", limit));
            await AssertProblemAsync(limit => Graph.Api.PostAsJsonAsync("/api/items", new { name = "lost", quantity = 1 }, limit));
            Assert.Equal(HttpStatusCode.OK, (await Graph.Api.GetAsync("/alive", Cancelled)).StatusCode);
            await AssertNotReadyAsync();
            await Task.Delay(500, Cancelled);
        }
    }

    // Each request goes to one of the replicas, and each of them looks once a second.
    private async Task<bool> IsNoReplicaReadyAsync()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Graph.Api.GetAsync("/health", Cancelled)));
        return Array.TrueForAll(answers, answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable);
    }

    private static async Task AssertProblemAsync(Func<CancellationToken, Task<HttpResponseMessage>> request)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(s_deadline);
        using var response = await request(limit.Token);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.False(string.IsNullOrEmpty((await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("traceId").GetString()));
    }

    private async Task AssertNotReadyAsync()
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Graph.Api.GetAsync("/health", Cancelled)).StatusCode);

        using var response = await Graph.Api.GetAsync("/health/detail", Cancelled);
        var dependencies = (await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("dependencies").EnumerateArray();
        var postgres = dependencies.Single(dependency => dependency.GetProperty("name").GetString() == "postgres");
        Assert.Equal("Unhealthy", postgres.GetProperty("status").GetString());
    }
}
