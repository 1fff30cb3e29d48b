using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Faults;

public sealed class PostgresDown(SharedGraph shared) : SharedGraphTest(shared)
{
    private static readonly TimeSpan s_outage = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_promise = TimeSpan.FromSeconds(2);

    private readonly List<TimeSpan> _waits = [];

    [Fact]
    public async Task ApiSaysSoWithinTwoSecondsAndIsWholeAgainByItself()
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
        await Wait.UntilAsync("the api is not ready", async () => (await Graph.Api.GetAsync("/health", Cancelled)).StatusCode == HttpStatusCode.ServiceUnavailable, Cancelled);
        var end = TimeProvider.System.GetUtcNow() + s_outage;
        while (TimeProvider.System.GetUtcNow() < end)
        {
            await AssertProblemAsync(limit => Graph.Api.GetAsync($"/api/items/{item}", limit));
            await AssertProblemAsync(limit => Graph.Api.PostAsJsonAsync("/api/items", new { name = "lost", quantity = 1 }, limit));
            Assert.Equal(HttpStatusCode.OK, (await Graph.Api.GetAsync("/alive", Cancelled)).StatusCode);
            await AssertNotReadyAsync();
            await Task.Delay(500, Cancelled);
        }

        // The machine may stand still for a moment; an api that waits for Postgres is late every time.
        var late = _waits.Count(wait => wait > Graph.Pace.Stretch(s_promise));
        Assert.True(late * 10 <= _waits.Count, $"{late} of {_waits.Count} answers came late: {string.Join(' ', _waits.Select(wait => $"{wait.TotalSeconds:0.0}"))} s");
    }

    private async Task AssertProblemAsync(Func<CancellationToken, Task<HttpResponseMessage>> request)
    {
        var begin = TimeProvider.System.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Wait.Limit);
        using var response = await request(limit.Token);
        _waits.Add(TimeProvider.System.GetElapsedTime(begin));

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
