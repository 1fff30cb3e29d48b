using LittleService.ChaosWorker;

namespace LittleService.FunctionalTests.Jobs;

public sealed class LosingWorkers(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>, IAsyncLifetime
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _run = Guid.NewGuid().ToString("N");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // The tests share a database. What one has left behind would be claimed by the worker of the next, or counted among its attempts.
    public async ValueTask InitializeAsync() => await database.ExecuteAsync("DELETE FROM jobs; DELETE FROM job_attempts");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task KilledWorkersJobsRunElsewhereOnceEach()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        var first = WorkerProcess.Start(database, _prefix);
        await EnqueueAsync(client, 300, workMs: 200);
        await Eventually.TrueAsync(async () => await EffectsAsync() > 0, 60);

        first.Kill();
        await using var second = WorkerProcess.Start(database, _prefix);

        await Eventually.TrueAsync(async () => await EffectsAsync() == 300, 60);
        await Eventually.TrueAsync(async () => await LeftAsync() == 0);
        Assert.Equal(300, await DistinctEffectsAsync());
        Assert.True(await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE outcome = 'worker lost'") > 0);
        Assert.Equal("", await database.ScalarAsync<string>(
            "SELECT coalesce(string_agg(DISTINCT error, '; '), '') FROM job_attempts WHERE outcome = 'failed'"));
        await first.DisposeAsync();
    }

    [Fact]
    public async Task WorkerStoppedPastItsLeaseAndContinuedChangesNothing()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        await using var zombie = WorkerProcess.Start(database, _prefix);
        await EnqueueAsync(client, 20, workMs: 1500);
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE state = 'running'") == 20, 60);

        zombie.Signal("STOP");
        await using var other = WorkerProcess.Start(database, _prefix);
        await Eventually.TrueAsync(async () => await EffectsAsync() == 20, 60);
        zombie.Signal("CONT");

        await Eventually.TrueAsync(async () => await LeftAsync() == 0);
        await client.Client.EnqueueAsync(new CountedEffect(_run, 0), cancellationToken: Stop);
        await Eventually.TrueAsync(async () => await EffectsAsync() == 21);
        Assert.Equal(20, await database.ScalarAsync<long>("SELECT count(DISTINCT key) FROM effects WHERE key LIKE $1", $"{_run} %"));
        Assert.Equal(20, await database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key LIKE $1", $"{_run} %"));
    }

    [Fact]
    public async Task LongJobOfALivingWorkerIsNotStolen()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        await using var one = WorkerProcess.Start(database, _prefix, leaseSeconds: 1);
        await using var two = WorkerProcess.Start(database, _prefix, leaseSeconds: 1);

        var id = await client.Client.EnqueueAsync(new CountedEffect($"{_run} long", 5000), cancellationToken: Stop);

        await Eventually.TrueAsync(async () => await EffectsAsync() == 1, 30);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE job_id = $1", id));
    }

    [Fact]
    public async Task JobThatKillsItsWorkersIsQuarantinedAndItsNeighboursFinish()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        var poison = await client.Client.EnqueueAsync(new Poison(_run), cancellationToken: Stop);
        await EnqueueAsync(client, 100, workMs: 5);

        var worker = WorkerProcess.Start(database, _prefix, leaseSeconds: 1);
        await Eventually.TrueAsync(
            async () =>
            {
                if (worker.HasExited)
                {
                    await worker.DisposeAsync();
                    worker = WorkerProcess.Start(database, _prefix, leaseSeconds: 1);
                }

                return await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", poison) == "quarantined" && await EffectsAsync() == 100;
            },
            90);

        await worker.DisposeAsync();
        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE outcome = 'worker lost' AND job_id = $1", poison));
        Assert.Equal(100, await DistinctEffectsAsync());
    }

    [Fact]
    public async Task StopLetsRunningJobsFinish()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var id = await host.Client.EnqueueAsync(new Slow("patient"), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("started patient"));

        var stopping = host.StopAsync();
        host.Board.Gate.SetResult();
        await stopping;

        Assert.Contains("finished patient", host.Board.Notes);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE id = $1", id));
    }

    [Theory]
    [InlineData("interrupted")]
    [InlineData(SlowHandler.SaidOtherwise)]
    public async Task InterruptedJobKeepsItsAttempts(string text)
    {
        await using var host = await JobsHost.StartAsync(
            database, _prefix, options: options => (options.StopWait, options.Concurrency) = (TimeSpan.FromMilliseconds(200), 1));
        await host.ConnectedAsync();
        var running = await host.Client.EnqueueAsync(new Slow(text), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains($"started {text}"));
        var inLine = await host.Client.EnqueueAsync(new Slow("in line"), cancellationToken: Stop);

        await host.StopAsync();

        foreach (var id in (Guid[])[running, inLine])
        {
            Assert.Equal(0, await database.ScalarAsync<int>("SELECT attempt + crashes FROM jobs WHERE id = $1", id));
            Assert.Contains(await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", id), (string[])["scheduled", "available"]);
        }

        host.Board.Gate.SetResult();
        await using var next = await JobsHost.StartAsync(database, _prefix, board: host.Board);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains($"finished {text}") && host.Board.Notes.Contains("finished in line"));
    }

    [Fact]
    public async Task JobOfAnEnqueuerKilledBetweenCommitAndSendRuns()
    {
        await using var enqueuer = WorkerProcess.Start(
            database, _prefix, part: "enqueue", settings: new() { ["Chaos__Prefix"] = _run, ["Chaos__DieAfter"] = "INSERT INTO jobs" });
        await enqueuer.ExitAsync(Stop);
        var committed = await LeftAsync();
        Assert.True(committed > 0);

        await using var worker = WorkerProcess.Start(database, _prefix);

        // What was on its way to Postgres at the kill may have been committed after the count.
        await Eventually.TrueAsync(async () => await EffectsAsync() >= committed);
        await Eventually.TrueAsync(async () => await LeftAsync() == 0);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) - count(DISTINCT key) FROM effects WHERE key LIKE $1", $"{_run}%"));
    }

    [Fact]
    public async Task WorkerTerminatedInTheMiddleOfAJobGivesItBackWithItsAttempts()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        var id = await client.Client.EnqueueAsync(new CountedEffect(_run, 120_000), cancellationToken: Stop);
        await using var worker = WorkerProcess.Start(database, _prefix, settings: new() { ["Jobs__StopWait"] = "00:00:00.2" });
        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", id) == "running");

        worker.Signal("TERM");
        await worker.ExitAsync(Stop);

        Assert.Equal("scheduled 0 0", await database.ScalarAsync<string>("SELECT concat_ws(' ', state, attempt, crashes) FROM jobs WHERE id = $1", id));
        Assert.Equal("interrupted", await database.ScalarAsync<string>("SELECT outcome FROM job_attempts WHERE job_id = $1", id));
        Assert.True(await client.Admin.CancelAsync(id, "tester", Stop));
        await database.ExecuteAsync($"DELETE FROM jobs WHERE id = '{id}'");
    }

    [Theory]
    [InlineData("01:00:00")]
    [InlineData("-01:00:00")]
    public async Task ClockOfAWorkerOffByAnHourChangesNothing(string ahead)
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        await using var right = WorkerProcess.Start(database, _prefix);
        await using var wrong = WorkerProcess.Start(database, _prefix, settings: new() { ["Chaos__ClockAhead"] = ahead });
        var later = await client.Client.EnqueueAsync(new CountedEffect($"{_run} much later", 0), new() { RunAt = DateTimeOffset.UtcNow.AddMinutes(30) }, Stop);

        // Longer than the lease, so that each is renewed by the wrong clock's worker too.
        await EnqueueAsync(client, 40, workMs: 3000);

        await Eventually.TrueAsync(async () => await EffectsAsync() == 40);
        await Eventually.TrueAsync(async () => await LeftAsync() == 1);
        Assert.Equal(40, await DistinctEffectsAsync());
        Assert.True(await client.Admin.CancelAsync(later, "tester", Stop));
        await database.ExecuteAsync($"DELETE FROM jobs WHERE id = '{later}'");
    }

    private Task<Guid[]> EnqueueAsync(JobsHost client, int count, int workMs) =>
        client.Client.EnqueueManyAsync(Enumerable.Range(0, count).Select(i => new CountedEffect($"{_run} {i}", workMs)), cancellationToken: Stop);

    private Task<long> EffectsAsync() => database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key LIKE $1", $"{_run}%");

    private Task<long> DistinctEffectsAsync() => database.ScalarAsync<long>("SELECT count(DISTINCT key) FROM effects WHERE key LIKE $1", $"{_run}%");

    private Task<long> LeftAsync() => database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE kind = 'counted_effect'");
}
