using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace LittleService.AppHostTests.Graphs;

public sealed class WholeGraph(SharedGraph shared) : SharedGraphTest(shared)
{
    [Fact]
    public async Task ApiAnswersFromBothReplicasBehindOneAddress()
    {
        var replicas = new HashSet<string>();

        // Each process saw its dependencies for the first time at a moment of its own.
        await Wait.UntilAsync("two processes answered", async () =>
        {
            var detail = await Graph.Api.GetFromJsonAsync<JsonElement>("/health/detail", Cancelled);
            replicas.Add(string.Join(' ', detail.GetProperty("dependencies").EnumerateArray().Select(check => check.GetProperty("since").GetString())));
            return replicas.Count == 2;
        }, Cancelled);

        Assert.Equal(HttpStatusCode.OK, (await Graph.Api.GetAsync("/", Cancelled)).StatusCode);
    }

    [Fact]
    public async Task WorkerMakesAnAddedItemSearchable()
    {
        var item = await Graph.AddItemAsync("Straße 🚲 دراجة", Cancelled);

        await Graph.WaitUntilSearchableAsync(item, Cancelled);

        await using var database = await Graph.OpenDatabaseAsync(Cancelled);
        await using var command = new NpgsqlCommand("select name from items where id = $1 and search is not null", database) { Parameters = { new() { Value = item } } };
        Assert.Equal("Straße 🚲 دراجة", await command.ExecuteScalarAsync(Cancelled));
    }

    [Fact]
    public async Task DatabaseIsUtf8OverScramAndSyncsToDisk()
    {
        await using var database = await Graph.OpenDatabaseAsync(Cancelled);
        await using var command = new NpgsqlCommand(
            "select concat_ws(' ', current_database(), current_setting('server_encoding'), current_setting('fsync'), current_setting('password_encryption'))", database);

        Assert.Equal("db UTF8 on scram-sha-256", await command.ExecuteScalarAsync(Cancelled));
    }

    [Theory]
    [InlineData(ResourceNames.Postgres, 1)]
    [InlineData(ResourceNames.Database, 1)]
    [InlineData(ResourceNames.Redis, 1)]
    [InlineData(ResourceNames.Worker, 1)]
    [InlineData(ResourceNames.Api, 2)]
    public async Task ResourceRunsHealthy(string name, int instances)
    {
        var seen = new Dictionary<string, CustomResourceSnapshot>();

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Wait.Limit);
        await foreach (var change in Graph.App.ResourceNotifications.WatchAsync(limit.Token))
        {
            if (change.Resource.Name == name)
                seen[change.ResourceId] = change.Snapshot;
            if (seen.Count == instances && seen.Values.All(snapshot => snapshot.State?.Text == KnownResourceStates.Running && snapshot.HealthStatus == HealthStatus.Healthy))
                return;
        }
        Assert.Fail(string.Join("; ", seen.Select(pair => $"{pair.Key} is {pair.Value.State?.Text}, {pair.Value.HealthStatus}")));
    }

    [Fact]
    public async Task TwoWholeGraphsRunAtOnce()
    {
        await using var second = await Graph.StartAsync("local", Cancelled);

        var here = await Graph.AddItemAsync("here", Cancelled);
        var there = await second.AddItemAsync("there", Cancelled);

        await Graph.WaitUntilSearchableAsync(here, Cancelled);
        await second.WaitUntilSearchableAsync(there, Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, (await second.Api.GetAsync($"/api/items/{here}", Cancelled)).StatusCode);

        // It started on an empty folder: what a newcomer finds on the consoles is no warning.
        var consoles = await second.App.DescribeAsync(lines: int.MaxValue);
        Assert.DoesNotContain("warn", consoles, StringComparison.Ordinal);
        Assert.DoesNotContain("fail:", consoles, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForAResourceThatNeverGetsHealthyEndsAndTellsHowEachResourceIs()
    {
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.LittleService_AppHost>(
            ["--ConnectionStrings:db=Host=none", "--ConnectionStrings:redis=none"], Cancelled);
        builder.Resources.Clear();
        builder.Services.AddHealthChecks().AddCheck("never", () => HealthCheckResult.Unhealthy("It never will be."));
        builder.AddExecutable("sleeper", "/bin/sh", "/", "-c", "echo I sleep; exec sleep 600").WithHealthCheck("never");
        await using var app = await builder.BuildAsync(Cancelled);
        await app.StartAsync(Cancelled);
        await Wait.UntilAsync("the sleeper has spoken", async () => (await app.DescribeAsync()).Contains("I sleep", StringComparison.Ordinal), Cancelled);

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => app.WaitForHealthyAsync("sleeper", TimeSpan.FromSeconds(2), Cancelled));

        Assert.Contains("sleeper is not healthy", failure.Message, StringComparison.Ordinal);
        Assert.Matches("---- sleeper-.*: Running, Unhealthy", failure.Message);
        Assert.Contains("never: Unhealthy It never will be.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("I sleep", failure.Message, StringComparison.Ordinal);
    }
}
