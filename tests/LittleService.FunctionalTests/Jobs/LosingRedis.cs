using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.FunctionalTests.Jobs;

public sealed class LosingRedis(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private const int Count = 300;
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _run = Guid.NewGuid().ToString("N");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task JobsSurviveAWipedRedis()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var client = JobsHost.Create(database, _prefix, worker: false, redis: redis.Address);
        await client.ConnectedAsync();
        await EnqueueAsync(client, 0);

        await redis.AskAsync("FLUSHALL");
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);

        await AllOnceAsync(Count);
    }

    [Fact]
    public async Task WorkGoesOnWhileRedisIsAwayAndReturnsToIt()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);
        await EnqueueAsync(host, 0);

        await redis.StopAsync();
        await EnqueueAsync(host, 1);
        await AllOnceAsync(2 * Count);
        await redis.StartAgainAsync();
        await EnqueueAsync(host, 2);
        await AllOnceAsync(3 * Count);

        // Those of this test: the one before may have left a job to whoever comes next.
        Assert.Equal(3 * Count, host.Board.Notes.Count(note => note.StartsWith(_run, StringComparison.Ordinal)));
        await host.TakeByTheStreamAsync();
    }

    [Fact]
    public async Task WorkGoesOnWhileRedisIsSilentAndReturnsToIt()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);
        await EnqueueAsync(host, 0);
        await AllOnceAsync(Count);

        redis.Signal("STOP");
        await EnqueueAsync(host, 1);
        await AllOnceAsync(2 * Count);
        redis.Signal("CONT");
        await EnqueueAsync(host, 2);

        await AllOnceAsync(3 * Count);
        await host.TakeByTheStreamAsync();
    }

    [Fact]
    public async Task JobsRunWithoutAConnectionStringAndTheHealthIsDegraded()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: "");

        await EnqueueAsync(host, 0);

        await AllOnceAsync(Count);
        Assert.Equal(HealthStatus.Degraded, (await host.HealthAsync("redis")).Status);
    }

    [Fact]
    public async Task JobsRunAlthoughRedisWasNeverThere()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: "127.0.0.1:1");

        await EnqueueAsync(host, 0);

        await AllOnceAsync(Count);
    }

    [Fact]
    public async Task JobsRunAlthoughRedisIsFull()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);
        await host.TakeByTheStreamAsync();
        await redis.AskAsync("CONFIG", "SET", "maxmemory", "1");

        await EnqueueAsync(host, 0);

        await AllOnceAsync(Count);
    }

    [Fact]
    public async Task RowThatNobodySentIsFound()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false, redis: "127.0.0.1:1");
        await EnqueueAsync(client, 0);

        await using var host = await JobsHost.StartAsync(database, _prefix);

        await AllOnceAsync(Count);
    }

    [Fact]
    public async Task EntryOfAnotherFormatCostsNoJob()
    {
        await using var redis = await OwnRedis.StartAsync();
        await redis.AskAsync("XADD", $"{_prefix}:default:1", "*", "j", "garbage");
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);

        await EnqueueAsync(host, 0);

        await AllOnceAsync(Count);
    }

    private Task<Guid[]> EnqueueAsync(JobsHost host, int part) => host.Client.EnqueueManyAsync(
        Enumerable.Range(part * Count, Count).Select(i => new Effect($"{_run} {i}")), cancellationToken: Stop);

    private async Task AllOnceAsync(int count)
    {
        await Eventually.TrueAsync(async () => await CountAsync("count(DISTINCT key)") == count);
        Assert.Equal(count, await CountAsync("count(*)"));
    }

    private Task<long> CountAsync(string what) => database.ScalarAsync<long>($"SELECT {what} FROM effects WHERE key LIKE $1", $"{_run}%");
}
