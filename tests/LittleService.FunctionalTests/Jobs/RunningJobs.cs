using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

public sealed class RunningJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task JobEnqueuedAloneRuns()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);

        var id = await host.Client.EnqueueAsync(new Note("hello"), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("hello"));
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM finished_jobs WHERE id = $1 AND attempt = 1", id) == 1);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE id = $1", id));
    }

    [Fact]
    public async Task JobRunsOnlyWhenTheCallersTransactionCommits()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        await using (var abandoned = await host.Client.BeginAsync(Stop))
        {
            abandoned.Enqueue(new Note("never"));
        }

        await using var transaction = await host.Client.BeginAsync(Stop);
        var id = transaction.Enqueue(new Note("with its rows"));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE id = $1", id));
        await transaction.CommitAsync(Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("with its rows"));
        Assert.DoesNotContain("never", host.Board.Notes);
    }

    [Fact]
    public async Task ConcurrentSingleEnqueuesShareCommits()
    {
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var ids = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => host.Client.EnqueueAsync(
            new Note($"shared {i}"), new() { RunAt = DateTimeOffset.UtcNow.AddHours(1) }, Stop)));

        // Each row names the transaction that wrote it.
        Assert.InRange(await database.ScalarAsync<long>("SELECT count(DISTINCT xmin::text) FROM jobs WHERE id = ANY($1)", ids), 1, 250);
        Assert.Equal(500, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE id = ANY($1)", ids));
    }

    [Fact]
    public async Task EveryOneOfManyRunsOnce()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        await using var other = await JobsHost.StartAsync(database, _prefix, board: host.Board);
        var texts = Enumerable.Range(0, 5000).Select(i => $"many {i}").ToList();

        await host.Client.EnqueueManyAsync(texts[..2500].Select(text => new Note(text)), cancellationToken: Stop);
        await Task.WhenAll(texts[2500..].Select(text => host.Client.EnqueueAsync(new Note(text), cancellationToken: Stop)));

        await Eventually.TrueAsync(() => host.Board.Notes.Count >= 5000);
        Assert.Equal(texts.Order(), host.Board.Notes.Order());
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE convert_from(payload, 'UTF8') LIKE '%many%'") == 0);
    }

    [Fact]
    public async Task EffectInTheJobsTransactionHappensOnce()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var keys = Enumerable.Range(0, 200).Select(_ => Guid.NewGuid().ToString()).ToArray();

        await host.Client.EnqueueManyAsync(keys.Select(key => new Effect(key)), cancellationToken: Stop);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key = ANY($1)", keys) == keys.Length);
        Assert.Equal(keys.Length, await database.ScalarAsync<long>("SELECT count(DISTINCT key) FROM effects WHERE key = ANY($1)", keys));
    }

    [Fact]
    public async Task TextOfEveryScriptArrivesAsItWasSent()
    {
        const string text = "héllo 😀 مرحبا e\u0301 \\u0000 \"quoted\" \u2028";
        await using var host = await JobsHost.StartAsync(database, _prefix);

        await host.Client.EnqueueAsync(new Note(text), cancellationToken: Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains(text));
    }

    [Fact]
    public async Task DelayedJobRunsAtItsTime()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var due = DateTimeOffset.UtcNow.AddSeconds(1.5);

        await host.Client.EnqueueAsync(new Note("soon"), new() { RunAt = due }, Stop);
        var later = await host.Client.EnqueueAsync(new Note("later"), new() { RunAt = due.AddHours(1) }, Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Contains("soon"));
        Assert.True(DateTimeOffset.UtcNow >= due);
        Assert.Equal("scheduled", await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", later));
    }

    [Fact]
    public async Task HighPriorityGoesFirst()
    {
        await using (var client = JobsHost.Create(database, _prefix, worker: false))
        {
            await client.ConnectedAsync();
            foreach (var priority in (JobPriority[])[JobPriority.Low, JobPriority.Normal, JobPriority.High])
                await client.Client.EnqueueAsync(new Note($"{priority}"), new() { Priority = priority }, Stop);
        }

        await using var host = await JobsHost.StartAsync(database, _prefix, options: options => options.Concurrency = 1);

        await Eventually.TrueAsync(() => host.Board.Notes.Count == 3);
        Assert.Equal(["High", "Normal", "Low"], host.Board.Notes);
    }

    [Fact]
    public async Task TransactionsWithTheSameUniqueKeysDoNotDeadlock()
    {
        await using var host = JobsHost.Create(database, _prefix, worker: false);
        string[] keys = [$"1 {_prefix}", $"2 {_prefix}", $"3 {_prefix}"];
        await host.Client.EnqueueAsync(new Note("before"), Under(keys[1]), Stop);
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await using var holder = await connection.BeginTransactionAsync(Stop);
        await using (var delete = new Npgsql.NpgsqlCommand($"DELETE FROM jobs WHERE unique_key = '{keys[1]}'", connection, holder))
            await delete.ExecuteNonQueryAsync(Stop);

        var both = Task.WhenAll(StoreAsync(keys), StoreAsync([.. keys.Reverse()]));
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 2);
        await holder.CommitAsync(Stop);
        await both;

        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE unique_key = ANY($1)", keys));

        async Task StoreAsync(string[] order)
        {
            await using var transaction = await host.Client.BeginAsync(Stop);
            foreach (var key in order)
                transaction.Enqueue(new Note(key), Under(key));
            await transaction.CommitAsync(Stop);
        }

        static EnqueueOptions Under(string key) => new() { UniqueKey = key, RunAt = DateTimeOffset.UtcNow.AddHours(1) };
    }

    [Fact]
    public async Task SecondJobUnderAUniqueKeyIsTheFirst()
    {
        var options = new EnqueueOptions { UniqueKey = Guid.NewGuid().ToString(), RunAt = DateTimeOffset.UtcNow.AddHours(1) };
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var ids = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => host.Client.EnqueueAsync(new Note($"{i}"), options, Stop)));

        Assert.Single(ids.Distinct());
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE unique_key = $1", options.UniqueKey));
    }
}
