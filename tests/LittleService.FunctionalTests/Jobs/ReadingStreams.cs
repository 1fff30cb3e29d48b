using LittleService.FunctionalTests.Faults;
using LittleService.Jobs.Work;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>The fast path: all jobs run without it as well, so it is asked for by name.</summary>
public sealed class ReadingStreams(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("resp2")]
    [InlineData("resp3")]
    public async Task JobsComeByTheStreamInEitherProtocol(string protocol)
    {
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: $"{database.Redis},protocol={protocol}");
        await host.TakeByTheStreamAsync();

        // All of them, unless the machine is just too busy.
        await Eventually.TrueAsync(async () =>
        {
            var (byStream, all) = (host.Fetched(JobSource.Stream), host.Board.Notes.Count);
            await host.Client.EnqueueManyAsync(Enumerable.Range(0, 100).Select(i => new Note($"together {i}")), cancellationToken: Stop);
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Client.EnqueueAsync(new Note($"alone {i}"), cancellationToken: Stop)));
            await Eventually.TrueAsync(() => host.Board.Notes.Count >= all + 120);
            return host.Fetched(JobSource.Stream) >= byStream + 120;
        });
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync("streams")).Status);
    }

    [Fact]
    public async Task ReplyThatComesLateStillBringsItsJobs()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var gate = new TcpGate(redis.Port).Listen();
        await using var client = JobsHost.Create(database, _prefix, worker: false, redis: redis.Address);
        // Nothing but the stream brings the job, unless it counts as lost.
        await using var host = await JobsHost.StartAsync(
            database, _prefix, redis: $"127.0.0.1:{gate.Port}", options: options => (options.Lease, options.Poll) = (TimeSpan.FromSeconds(20), TimeSpan.FromHours(1)));
        await client.ConnectedAsync();
        await client.Client.EnqueueAsync(new Note("early"), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Fetched(JobSource.Stream) == 1);

        gate.Turn(GateState.Frozen);
        var id = await client.Client.EnqueueAsync(new Note("late"), cancellationToken: Stop);
        // That takes longer than the five seconds after which the client gives up by default.
        await Eventually.TrueAsync(() => host.Get<FastPath>().IsBroken);
        gate.Turn(GateState.Open);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("late"));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE job_id = $1", id));
        Assert.Equal(2, host.Fetched(JobSource.Stream));
    }

    [Fact]
    public async Task StreamsThatCannotBeReadDegradeTheHealthAndTheirJobsRunAllTheSame()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);
        await host.TakeByTheStreamAsync();

        await redis.AskAsync("ACL", "SETUSER", "default", "-xreadgroup");
        await Eventually.TrueAsync(async () => (await host.HealthAsync("streams")).Status == HealthStatus.Degraded);
        await host.Client.EnqueueManyAsync([new Note("during"), new Note("during")], cancellationToken: Stop);

        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync("redis")).Status);
        await Eventually.TrueAsync(() => host.Board.Notes.Count(note => note == "during") == 2);

        await redis.AskAsync("ACL", "SETUSER", "default", "+xreadgroup");
        await Eventually.TrueAsync(async () => (await host.HealthAsync("streams")).Status == HealthStatus.Healthy);
        await host.TakeByTheStreamAsync();
    }
}
