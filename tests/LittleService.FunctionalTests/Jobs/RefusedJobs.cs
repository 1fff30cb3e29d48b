using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

public sealed class RefusedJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Unstorable { get; } = new()
    {
        { "a\0b", "NUL" },
        { "half \ud800 a pair", "valid Unicode" },
        { new string('x', 256 * 1024), "over the limit of 262144" },
    };

    [Theory]
    [MemberData(nameof(Unstorable))]
    public async Task PayloadThatCannotBeStoredIsRefused(string text, string reason)
    {
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var refused = await Assert.ThrowsAsync<JobRefusedException>(() => host.Client.EnqueueAsync(new Note(text), cancellationToken: Stop));

        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM jobs"));
    }

    [Fact]
    public async Task KindThatNobodyHasNamedIsRefused()
    {
        await using var host = JobsHost.Create(database, _prefix);

        var refused = await Assert.ThrowsAsync<JobRefusedException>(() => host.Client.EnqueueAsync(new Stranger("?"), cancellationToken: Stop));

        Assert.Contains("'stranger'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM jobs"));
        await using var other = JobsHost.Create(database, _prefix, services: services => JobsExtensions.AddJobKind<Stranger>(services));
        var id = await other.Client.EnqueueAsync(new Stranger("?"), cancellationToken: Stop);
        await database.ExecuteAsync($"DELETE FROM jobs WHERE id = '{id}'");
    }

    [Theory]
    [InlineData("No Such Queue")]
    [InlineData("")]
    public async Task BadQueueNameIsRefused(string queue)
    {
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        await Assert.ThrowsAsync<JobRefusedException>(() => host.Client.EnqueueAsync(new Note("?"), new() { Queue = queue }, Stop));
    }

    [Fact]
    public async Task QueueOverItsBacklogIsRefusedUntilItIsWorkedOff()
    {
        await using var host = JobsHost.Create(database, _prefix, worker: false, options: options => options.Backlogs["full"] = 10);
        var full = new EnqueueOptions { Queue = "full" };
        await host.Client.EnqueueManyAsync(Enumerable.Range(0, 10).Select(i => new Note($"{i}")), full, Stop);
        JobQueueFullException? refused = null;
        // The queue is measured once a second.
        await Eventually.TrueAsync(async () => (refused = await RefusalAsync()) is not null);
        Assert.True(refused!.RetryAfter > TimeSpan.Zero);
        var stored = await CountAsync();
        await using (var transaction = await host.Client.BeginAsync(Stop))
        {
            transaction.Enqueue(new Note("one more"), full);
            await Assert.ThrowsAsync<JobQueueFullException>(() => transaction.CommitAsync(Stop));
        }

        Assert.Equal(stored, await CountAsync());
        await database.ExecuteAsync("DELETE FROM jobs WHERE queue = 'full'");
        await Eventually.TrueAsync(async () => await RefusalAsync() is null);
        await database.ExecuteAsync("DELETE FROM jobs");

        Task<long> CountAsync() => database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE queue = 'full'");

        async Task<JobQueueFullException?> RefusalAsync() =>
            await Record.ExceptionAsync(() => host.Client.EnqueueAsync(new Note("one more"), full, Stop)) as JobQueueFullException;
    }

    [Fact]
    public void SecondHandlerOfAKindFailsAtStart()
    {
        var registration = new JobRegistration<Note>();

        var error = Assert.Throws<InvalidOperationException>(() => new JobRegistry([registration, registration]));

        Assert.Contains("'note'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateThatMakesNoSenseIsRefusedByTheTable()
    {
        const string insert = "INSERT INTO jobs (id, kind, queue, priority, version, payload, run_at, state) VALUES (gen_random_uuid(), 'note', 'q', 1, 1, '1', now(), {0})";

        foreach (var state in (string[])["'nonsense'", "'running'", "'dead'", "'blocked'", "'parked'"])
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync(insert.Replace("{0}", state, StringComparison.Ordinal)));
    }
}
