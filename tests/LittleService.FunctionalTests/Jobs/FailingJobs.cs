using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

public sealed class FailingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("throw", "failed")]
    [InlineData("later", "failed")]
    [InlineData("hang", "timed out")]
    public async Task FailedAttemptIsRepeated(string how, string outcome)
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);

        var id = await host.Client.EnqueueAsync(new Flaky(how, 2, how), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains($"{how} at attempt 3"));
        Assert.Equal(2, await database.ScalarAsync<long>($"SELECT count(*) FROM job_attempts WHERE outcome = '{outcome}' AND job_id = $1", id));
    }

    [Theory]
    [InlineData("throw", 3, "InvalidOperationException: failure 3 with NUL  in it")]
    [InlineData("never", 1, "no use")]
    public async Task JobThatCannotSucceedIsDeadWithItsReason(string how, int attempts, string reason)
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);

        var id = await host.Client.EnqueueAsync(new Flaky("dead", 99, how), cancellationToken: Stop);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", id) == "dead");
        Assert.Equal(reason, await database.ScalarAsync<string>("SELECT reason FROM jobs WHERE id = $1", id));
        Assert.Equal(attempts, host.Board.Attempts[id]);
        Assert.Equal(attempts, await database.ScalarAsync<int>("SELECT attempt FROM jobs WHERE id = $1", id));
    }

    [Fact]
    public async Task LongReasonIsCutBetweenCharacters()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        // The last character of the first 2,000 is the first half of one.
        var reason = new string('x', 1999 - "InvalidOperationException: ".Length);

        var id = await host.Client.EnqueueAsync(new Unlucky($"{reason}\U0001F98A and so on"), cancellationToken: TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(async () =>
            await database.ScalarAsync<string>("SELECT coalesce(reason, '') FROM jobs WHERE id = $1", id) == $"InvalidOperationException: {reason}");
    }

    [Fact]
    public async Task UnknownKindIsParkedAndBlocksNobody()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);

        await using var client = JobsHost.Create(database, _prefix, worker: false);

        var stranger = await client.Client.EnqueueAsync(new Stranger("?"), cancellationToken: Stop);
        var limited = await client.Client.EnqueueAsync(new Stranger("?"), new() { LimitKey = "anna" }, Stop);
        await host.Client.EnqueueAsync(new Note("behind it"), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("behind it"));
        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", stranger) == "parked");
        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", limited) == "parked");
        Assert.Equal("unknown kind", await database.ScalarAsync<string>("SELECT reason FROM jobs WHERE id = $1", stranger));
    }

    [Fact]
    public async Task HandlerThatIgnoresItsCancellationLosesItsSlotAndItsJob()
    {
        await using var host = await JobsHost.StartAsync(
            database, _prefix, options: options => (options.Concurrency, options.GiveUpAfter) = (1, TimeSpan.FromMilliseconds(200)));
        var key = $"{Guid.NewGuid()}";
        var deaf = await host.Client.EnqueueAsync(new Deaf(key), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains(key));

        await host.Client.EnqueueAsync(new Note("behind it"), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("behind it"));
        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", deaf) == "dead");
        var health = host.Get<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>();
        Assert.Contains("do not stop", (await health.CheckHealthAsync(Stop)).Entries["jobs"].Description, StringComparison.Ordinal);

        host.Board.Gate.SetResult();
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("refused its progress"));
        await Eventually.TrueAsync(async () => (await health.CheckHealthAsync(Stop)).Entries["jobs"].Status == Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Healthy);
        Assert.Equal("dead", await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", deaf));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key = $1", key));
    }

    [Fact]
    public async Task UnreadablePayloadIsParkedAndKept()
    {
        var id = Guid.CreateVersion7();
        await database.ExecuteAsync(
            $"INSERT INTO jobs (id, kind, queue, priority, version, payload, state, run_at) VALUES ('{id}', 'note', 'default', 1, 1, '[1', 'scheduled', now())");

        await using var host = await JobsHost.StartAsync(database, _prefix);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", id) == "parked");
        Assert.Equal("[1"u8.ToArray(), await database.ScalarAsync<byte[]>("SELECT payload FROM jobs WHERE id = $1", id));
    }

    [Fact]
    public async Task SnoozedJobRunsLaterAndBurnsNoAttempt()
    {
        var board = new Board();
        await using var host = await JobsHost.StartAsync(database, _prefix, board: board, services: services => JobsExtensions.AddJob<Sleepy, SleepyHandler>(services));

        var id = await host.Client.EnqueueAsync(new Sleepy(), cancellationToken: Stop);

        await Eventually.TrueAsync(() => board.Notes.Contains("awake"));
        Assert.Equal(["asleep 1", "asleep 1", "awake"], board.Notes);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE job_id = $1", id));
    }

    /// <summary>Puts itself off twice.</summary>
    private sealed record Sleepy : IJob
    {
        public static string Kind => "sleepy";
    }

    private sealed class SleepyHandler(Board board) : IJobHandler<Sleepy>
    {
        public Task HandleAsync(Sleepy job, JobContext context, CancellationToken cancellationToken)
        {
            if (board.Notes.Count == 2)
            {
                board.Add("awake");
                return Task.CompletedTask;
            }

            board.Add($"asleep {context.Attempt}");
            throw new SnoozeException(TimeSpan.FromMilliseconds(10), "not yet");
        }
    }
}
