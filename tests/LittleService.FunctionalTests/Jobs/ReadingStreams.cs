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
        await host.ConnectedAsync();

        await host.Client.EnqueueManyAsync(Enumerable.Range(0, 100).Select(i => new Note($"together {i}")), cancellationToken: Stop);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Client.EnqueueAsync(new Note($"alone {i}"), cancellationToken: Stop)));

        await Eventually.TrueAsync(() => host.Board.Notes.Count == 120);
        Assert.Equal((120, 0), (host.Fetched(JobSource.Stream), host.Fetched(JobSource.Postgres)));
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync("streams")).Status);
    }

    [Fact]
    public async Task ReplyThatComesLateStillBringsItsJobs()
    {
        await using var redis = await OwnRedis.StartAsync();
        // Nothing but the stream may bring the job.
        await using var host = await JobsHost.StartAsync(
            database, _prefix, redis: redis.Address, options: options => (options.Lease, options.Poll) = (TimeSpan.FromSeconds(2), TimeSpan.FromHours(1)));
        await host.ConnectedAsync();
        await host.Client.EnqueueAsync(new Note("early"), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("early"));

        redis.Signal("STOP");
        var id = await host.Client.EnqueueAsync(new Note("late"), cancellationToken: Stop);
        // That is longer than the five seconds after which the client gives up by default.
        await Eventually.TrueAsync(() => host.Get<FastPath>().IsBroken);
        redis.Signal("CONT");

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("late"));
        Assert.Equal(2, host.Fetched(JobSource.Stream));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE job_id = $1", id));
    }

    [Fact]
    public async Task StreamsThatCannotBeReadDegradeTheHealthAndTheirJobsRunAllTheSame()
    {
        await using var redis = await OwnRedis.StartAsync();
        await using var host = await JobsHost.StartAsync(database, _prefix, redis: redis.Address);
        await host.ConnectedAsync();
        await host.Client.EnqueueAsync(new Note("before"), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Fetched(JobSource.Stream) == 1);

        await redis.AskAsync("ACL", "SETUSER", "default", "-xreadgroup");
        await host.Client.EnqueueManyAsync([new Note("during"), new Note("during")], cancellationToken: Stop);

        await Eventually.TrueAsync(async () => (await host.HealthAsync("streams")).Status == HealthStatus.Degraded);
        Assert.Equal(HealthStatus.Healthy, (await host.HealthAsync("redis")).Status);
        await Eventually.TrueAsync(() => host.Board.Notes.Count == 3);

        await redis.AskAsync("ACL", "SETUSER", "default", "+xreadgroup");
        await Eventually.TrueAsync(async () => (await host.HealthAsync("streams")).Status == HealthStatus.Healthy);
        await Eventually.TrueAsync(async () =>
        {
            await host.Client.EnqueueAsync(new Note("after"), cancellationToken: Stop);
            return host.Fetched(JobSource.Stream) > 1;
        });
    }
}
