using LittleService.Data.Events;
using LittleService.Jobs;
using LittleService.Jobs.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.FunctionalTests.Jobs;

public sealed class ConnectingToRedis(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private OwnRedis _redis = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private (string Key, string Value) Redis => ("ConnectionStrings:redis", _redis.Address);

    // One socket each: with RESP2, or with a channel to subscribe to, there would be two.
    [Fact]
    public async Task EachUseHasOneConnectionAndOnlyAWorkerReadsTheStreams()
    {
        var api = _service.StartApi(Redis);
        await api.GetStringAsync("/", Stop);
        await IsConnectedAsync("events/3 jobs/3 rate-limits/3");

        _service.StartWorker(Redis);

        await IsConnectedAsync("events/3 events/3 jobs-reader/3 jobs/3 jobs/3 rate-limits/3");
    }

    [Fact]
    public async Task CommandIsNotKeptUntilRedisIsBack()
    {
        await using var connections = Connections();
        var connection = connections.Get("test", TimeSpan.FromMinutes(1));
        await connection.OpenAsync(Stop);
        await _redis.StopAsync();
        await Eventually.TrueAsync(() => !connection.IsConnected);

        var command = connection.Database.StringSetAsync("kept", "yes");

        await _redis.StartAgainAsync();
        await Eventually.TrueAsync(() => connection.IsConnected);
        await Assert.ThrowsAnyAsync<RedisException>(() => command);
        Assert.False(await connection.Database.KeyExistsAsync("kept"));
    }

    [Fact]
    public async Task ConnectionIsMadeThoughRedisComesLater()
    {
        await _redis.StopAsync();
        await using var connections = Connections();
        var connection = connections.Get("test", TimeSpan.FromSeconds(5));
        var database = await connection.OpenAsync(Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await Assert.ThrowsAnyAsync<RedisException>(() => database.PingAsync());

        await _redis.StartAgainAsync();

        await Eventually.TrueAsync(() => connection.IsConnected);
        await database.PingAsync();
    }

    [Fact]
    public async Task ScriptIsSentOnceAndThenNamedByItsHash()
    {
        await using var connections = Connections();
        var log = new EventLog(connections, Options.Create(new EventOptions()));

        for (var i = 0; i < 5; i++)
            await log.AppendAsync([EventBlock.Format], 1, Stop);

        var calls = await _redis.AskAsync("INFO", "commandstats");
        Assert.Contains("cmdstat_eval:calls=1,", calls, StringComparison.Ordinal);
        Assert.Contains("cmdstat_evalsha:calls=4,", calls, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync()
    {
        _redis = await OwnRedis.StartAsync();
        await _service.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private RedisConnections Connections() => new(
        new ConfigurationBuilder().AddInMemoryCollection([new(Redis.Key, Redis.Value)]).Build(),
        Options.Create(new JobOptions()), NullLogger<RedisConnections>.Instance);

    private async Task IsConnectedAsync(string clients) =>
        Assert.Equal(clients, await FunctionalTests.Eventually.SeeAsync(_redis.ClientsAsync, seen => seen == clients));
}
