using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

public sealed class OperatingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeadJobsAreReplayedWithATrace()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var id = await host.Client.EnqueueAsync(new Flaky("replayed", 99, "never"), cancellationToken: Stop);
        await Eventually.TrueAsync(async () => await StateAsync(id) == "dead");
        var filter = new ReplayFilter { Kind = Flaky.Kind, Id = id };

        Assert.Equal(1, await host.Admin.CountReplayableAsync(filter, Stop));
        Assert.Equal("dead", await StateAsync(id));
        Assert.Equal(1, await host.Admin.ReplayAsync(filter, "tester", Stop));

        await Eventually.TrueAsync(() => host.Board.Attempts[id] == 2);
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT sum(jobs)::bigint FROM job_audit WHERE action = 'replay' AND detail LIKE '%' || $1 || '%'", $"{id}"));
    }

    [Fact]
    public async Task RunningJobIsCancelledAndKeepsNoEffect()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix, options: options => options.Lease = TimeSpan.FromSeconds(2));
        var slow = await host.Client.EnqueueAsync(new Slow("cancelled"), cancellationToken: Stop);
        var key = $"wait {Guid.NewGuid()}";
        var effect = await host.Client.EnqueueAsync(new Effect(key), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("started cancelled") && host.Board.Notes.Contains(key));

        Assert.True(await host.Admin.CancelAsync(slow, "tester", Stop));
        Assert.True(await host.Admin.CancelAsync(effect, "tester", Stop));

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("interrupted cancelled"));
        host.Board.Gate.SetResult();
        Assert.Equal("cancelled", await StateAsync(slow));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key = $1", key));
        Assert.False(await host.Admin.CancelAsync(slow, "tester", Stop));
    }

    [Fact]
    public async Task WaitingJobIsCancelled()
    {
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        var id = await client.Client.EnqueueAsync(new Note("never"), new() { RunAt = DateTimeOffset.UtcNow.AddSeconds(1) }, Stop);

        Assert.True(await client.Admin.CancelAsync(id, "tester", Stop));

        await using var host = await JobsHost.StartAsync(database, _prefix);
        await host.Client.EnqueueAsync(new Note("after"), new() { RunAt = DateTimeOffset.UtcNow.AddSeconds(1.5) }, Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("after"));
        Assert.DoesNotContain("never", host.Board.Notes);
    }

    [Fact]
    public async Task PausedQueueStartsNothingUntilItIsResumed()
    {
        await using (var client = JobsHost.Create(database, _prefix, worker: false))
            await client.Admin.PauseAsync("pausing", "tester", Stop);
        await using var host = await JobsHost.StartAsync(database, _prefix, options: options => AddTo(options.Queues, "pausing", "open"));

        await host.Client.EnqueueManyAsync([new Note("paused")], new() { Queue = "pausing" }, Stop);
        await host.Client.EnqueueAsync(new Note("paused too"), new() { Queue = "pausing", RunAt = DateTimeOffset.UtcNow }, Stop);
        // What comes after them by the stream, and what is due after them, is not paused.
        await host.Client.EnqueueManyAsync([new Note("open")], new() { Queue = "open" }, Stop);
        await host.Client.EnqueueAsync(new Note("open"), new() { Queue = "open", RunAt = DateTimeOffset.UtcNow.AddSeconds(1) }, Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Count(note => note == "open") == 2);
        Assert.Equal(["open", "open"], host.Board.Notes);

        await host.Admin.ResumeAsync("pausing", "tester", Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Count == 4);

        static void AddTo(IList<string> queues, params string[] names) => Array.ForEach(names, queues.Add);
    }

    [Fact]
    public async Task ProgressIsKeptAndTheSecretIsNotReadable()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var id = await host.Client.EnqueueAsync(new Measured("hunter2"), cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("half of hunter2"));

        Assert.Equal("half way at 0.5", await database.ScalarAsync<string>("SELECT note || ' at ' || progress FROM jobs WHERE id = $1", id));
        Assert.DoesNotContain("hunter2", System.Text.Encoding.Latin1.GetString(await database.ScalarAsync<byte[]>("SELECT payload FROM jobs WHERE id = $1", id)));

        host.Board.Gate.SetResult();
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("hunter2"));
    }

    [Fact]
    public async Task LimitPerKindAndPerKeyHoldsOverAllWorkers()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        await using var other = await JobsHost.StartAsync(database, _prefix, board: host.Board);

        await host.Client.EnqueueManyAsync(Enumerable.Repeat(new Limited("all"), 12), cancellationToken: Stop);
        await host.Client.EnqueueManyAsync(Enumerable.Repeat(new Limited("anna"), 8), new() { LimitKey = "anna" }, Stop);
        await host.Client.EnqueueManyAsync(Enumerable.Repeat(new Limited("ben"), 8), new() { LimitKey = "ben" }, Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Count == 2 * 28);
        Assert.InRange(host.Board.Most("anna"), 1, 2);
        Assert.InRange(host.Board.Most("ben"), 1, 2);
        Assert.InRange(host.Board.Most("of the kind"), 1, 3);
    }

    [Fact]
    public async Task RateHoldsOverAllWorkers()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        await using var other = await JobsHost.StartAsync(database, _prefix, board: host.Board);
        var started = DateTime.UtcNow;

        await host.Client.EnqueueManyAsync(Enumerable.Range(0, 15).Select(i => new Rated($"{i}")), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Count == 15, 60);
        Assert.True(DateTime.UtcNow - started > TimeSpan.FromSeconds(3.9), $"15 jobs at 5 per 2 s took only {DateTime.UtcNow - started}");
    }

    [Fact]
    public async Task JobOfANewerContractIsParkedAndRunsAfterTheUpgrade()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var id = await host.Client.EnqueueAsync(new NoteOfTomorrow("from tomorrow"), cancellationToken: Stop);
        await Eventually.TrueAsync(async () => await StateAsync(id) == "parked");

        await database.ExecuteAsync($"UPDATE jobs SET version = 1 WHERE id = '{id}'");

        await using var upgraded = await JobsHost.StartAsync(database, _prefix, board: host.Board);
        await Eventually.TrueAsync(() => host.Board.Notes.Contains("from tomorrow"));
    }

    [Fact]
    public async Task LastJobOfABatchRunsWhenAllOthersHaveEnded()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);

        await host.Client.EnqueueBatchAsync(
            [.. Enumerable.Range(0, 20).Select(i => new Flaky($"part {i}", i % 2))], new Note("all done"), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("all done"));
        Assert.Equal(21, host.Board.Notes.Count);
        Assert.Equal("all done", host.Board.Notes[^1]);
    }

    private Task<string> StateAsync(Guid id) => database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", id);
}
