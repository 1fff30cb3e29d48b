using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using StackExchange.Redis;

namespace LittleService.FunctionalTests.Events;

/// <summary>What Redis can lose, and what nobody may notice of it.</summary>
public sealed class RedisLossTests(Servers servers) : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private (string Key, string Value) Redis => ("ConnectionStrings:redis", _redis.Connection);

    private string Stream => _service.EventKeys + ":stream";

    // With everysec a kill -9 may cost what was acknowledged while the disk was slow to take what came before; a stop never does.
    [Theory]
    [InlineData("everysec", false)]
    [InlineData("always", true)]
    public async Task RedisAwayIsSaidAndNothingAcknowledgedIsLost(string fsync, bool kill)
    {
        await using var redis = await new RedisServer($"--save \"\" --appendonly yes --appendfsync {fsync}").StartAsync();
        (string, string) setting = ("ConnectionStrings:redis", redis.Connection);
        using var api = _service.StartApi(setting);
        for (var outage = 0; outage < 3; outage++)
        {
            for (var i = 0; i < 20; i++) await api.AcceptedAsync(new { name = "kept", id = $"{outage}-{i}" });
            await (kill ? redis.KillAsync() : redis.StopAsync());
            await ProblemAssert.IsAsync(await api.SendAsync("""{"name":"refused"}"""), HttpStatusCode.ServiceUnavailable);
            await redis.StartAsync();
        }
        _service.StartWorker(setting);

        await _service.IsCountedAsync("kept", 60);
        Assert.Equal(0, await _service.CountAsync("refused"));
    }

    [Fact]
    public async Task KillAmidstAFloodLosesAndDoublesNothingAcknowledgedWhereRedisAlwaysFlushes()
    {
        using var api = _service.StartApi(Redis);
        var acknowledged = new ConcurrentBag<Guid>();
        for (var kill = 0; kill < 3; kill++)
        {
            var enough = acknowledged.Count + 100;
            var flood = Enumerable.Range(0, 8).Select(_ => SendUntilRefusedAsync(api, acknowledged)).ToList();
            await Eventually.SeeAsync(() => Task.FromResult(acknowledged.Count), count => count > enough);
            await _redis.KillAsync();
            await Task.WhenAll(flood);
            await _redis.StartAsync();
            await api.AcceptedAsync(new { name = "back", id = $"{kill}" });
        }
        _service.StartWorker(Redis);
        await _service.IsCountedAsync("back", 3);

        await using var command = _service.Database.CreateCommand("select count(*) from event_ids where id = any ($1)");
        command.Parameters.Add(new() { Value = acknowledged.ToArray() });
        Assert.Equal((long)acknowledged.Count, await command.ExecuteScalarAsync(Stop));
        // Some whose answer was lost are there besides.
        Assert.Equal(await _service.ScalarAsync<long>("select count(*) - 3 from event_ids"), await _service.CountAsync("flooded"));
    }

    [Fact]
    public async Task PublishedContainerKeepsEventsThroughAKill()
    {
        var manifest = await File.ReadAllTextAsync(Path.Combine(Projects.LittleService_AppHost.ProjectPath, "aspire-manifest.json"), Stop);
        using var document = JsonDocument.Parse(manifest);
        var command = document.RootElement.GetProperty("resources").GetProperty("redis").GetProperty("args")[1].GetString()!;
        await using var redis = await new RedisServer(command[command.IndexOf("--save", StringComparison.Ordinal)..]).StartAsync();
        (string, string) setting = ("ConnectionStrings:redis", redis.Connection);
        using var api = _service.StartApi(setting);
        await api.AcceptedAsync(new { name = "published", id = "1" });
        await Eventually.SeeAsync(() => Task.FromResult(redis.HasWritten("published")), written => written);

        await redis.KillAsync();
        await redis.StartAsync();

        _service.StartWorker(setting);
        await _service.IsCountedAsync("published", 1);
    }

    [Fact]
    public async Task WorkerLivesThroughAKilledRedis()
    {
        using var api = _service.StartApi(Redis);
        _service.StartWorker(Redis);
        for (var kill = 1; kill <= 3; kill++)
        {
            await api.AcceptedAsync([.. Enumerable.Range(0, 100).Select(i => new { name = "through", id = $"{kill}-{i}" })]);
            await _redis.KillAsync();
            await _redis.StartAsync();
        }

        await _service.IsCountedAsync("through", 300);
    }

    [Fact]
    public async Task EmptiedRedisSkipsNothingAlthoughItsIdsComeAgain()
    {
        using var api = _service.StartApi(Redis);
        _service.StartWorker(Redis);
        await FarAheadAsync(api);

        await _redis.ExecuteAsync("FLUSHALL");
        await api.AcceptedAsync(new { name = "after" });

        await _service.IsCountedAsync("after", 1);
    }

    [Fact]
    public async Task OlderRedisDoublesNothingAndSkipsNothing()
    {
        using var api = _service.StartApi(Redis);
        await api.AcceptedAsync(new { name = "before" });
        // The backup holds an entry that will have been counted when it comes back.
        _redis.Save();
        _service.StartWorker(Redis);
        await _service.IsCountedAsync("before", 1);
        await FarAheadAsync(api);

        await _redis.KillAsync();
        _redis.Restore();
        await _redis.StartAsync();
        await api.AcceptedAsync(new { name = "after" });

        await _service.IsCountedAsync("after", 1);
        Assert.Equal(1, await _service.CountAsync("before"));
        await Eventually.SeeAsync(async () => (long)await _redis.ExecuteAsync("XLEN", (RedisKey)Stream), length => length == 0);
    }

    public async ValueTask InitializeAsync()
    {
        await _redis.StartAsync();
        await _service.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _service.DisposeAsync();
        }
        finally
        {
            // A service that fails to stop must not leave a server behind.
            await _redis.DisposeAsync();
        }
    }

    private static async Task SendUntilRefusedAsync(HttpClient api, ConcurrentBag<Guid> acknowledged)
    {
        while (true)
        {
            var id = Guid.NewGuid();
            using var answer = await api.SendAsync($$"""{"name":"flooded","id":"{{id}}"}""");
            if (answer.StatusCode != HttpStatusCode.Accepted) return;
            acknowledged.Add(id);
        }
    }

    // As if the clock of Redis had been an hour ahead and was then put right: an entry with such an id is counted, and the position stands there.
    private async Task FarAheadAsync(HttpClient api)
    {
        await api.AcceptedAsync(new { name = "now" });
        await _service.IsCountedAsync("now", 1);
        var epoch = (string)(await _redis.ExecuteAsync("HGET", (RedisKey)(_service.EventKeys + ":meta"), "epoch"))!;
        var ahead = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        await _redis.ExecuteAsync("XADD", (RedisKey)Stream, $"{ahead}-0", "e", epoch, "t", "1", "b", (RedisValue)new byte[] { 1 });
        await Eventually.SeeAsync(() => _service.ScalarAsync<long>("select max(milliseconds) from event_positions"), at => at.ToString(CultureInfo.InvariantCulture) == ahead);
    }
}
