using LittleService.Jobs;
using Npgsql;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>One bad job never harms those that share its commit.</summary>
public sealed class SharingCommits(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task JobThatPostgresRefusesFailsAlone()
    {
        await database.ExecuteAsync("ALTER TABLE jobs ADD CONSTRAINT no_poison CHECK (unique_key NOT LIKE '%poison')");
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var jobs = Enumerable.Range(0, 60).Select(i => host.Client.EnqueueAsync(
            new Note("?"), new() { UniqueKey = i == 7 ? $"{_prefix} poison" : $"{_prefix} {i}" }, Stop)).ToList();
        await Task.WhenAll(jobs).ContinueWith(static _ => { }, TaskScheduler.Default);

        Assert.IsType<PostgresException>(Assert.Single(jobs, job => job.IsFaulted).Exception!.InnerException);
        Assert.Equal(59, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE unique_key LIKE $1", $"{_prefix}%"));
        await database.ExecuteAsync("DELETE FROM jobs; ALTER TABLE jobs DROP CONSTRAINT no_poison");
    }

    [Fact]
    public async Task PartOfASharedTransactionThatThrowsFailsAlone()
    {
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var parts = Enumerable.Range(0, 40).Select(i => host.Client.InTransactionAsync(
            (transaction, _) =>
            {
                transaction.Add("INSERT INTO effects (key) VALUES ($1)", $"{_prefix} {i}");
                transaction.Enqueue(new Note("?"), new() { UniqueKey = $"{_prefix} {i}" });
                return i == 7 ? throw new InvalidOperationException("mine") : Task.FromResult(i);
            },
            Stop)).ToList();
        await Task.WhenAll(parts).ContinueWith(static _ => { }, TaskScheduler.Default);

        Assert.Equal("mine", Assert.Single(parts, part => part.IsFaulted).Exception!.InnerException!.Message);
        Assert.Equal(39, await database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key LIKE $1", $"{_prefix}%"));
        Assert.Equal(39, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE unique_key LIKE $1", $"{_prefix}%"));
        await database.ExecuteAsync("DELETE FROM jobs");
    }

    [Fact]
    public async Task EndThatPostgresRefusesKeepsNoOtherFromBeingWritten()
    {
        await database.ExecuteAsync("ALTER TABLE job_attempts ADD CONSTRAINT no_poison CHECK (error NOT LIKE '%poison%')");
        await using var host = await JobsHost.StartAsync(database, _prefix);
        await host.Client.EnqueueManyAsync(Enumerable.Range(0, 20).Select(i => new Unlucky(i == 7 ? "poison" : $"{_prefix} {i}")), cancellationToken: Stop);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE error LIKE $1", $"%{_prefix}%") == 19);
        await database.ExecuteAsync("ALTER TABLE job_attempts DROP CONSTRAINT no_poison");
    }

    [Theory]
    // Half a pair stands where the tilde does: attributes cannot hold it.
    [InlineData("half ~ a pair", "half \uFFFD a pair")]
    [InlineData("NUL \0 in it", "NUL  in it")]
    [InlineData("\uFFFD", "\uFFFD")]
    public async Task ErrorWithAnyTextIsKept(string text, string kept)
    {
        await using var host = await JobsHost.StartAsync(database, _prefix, services: services => JobsExtensions.AddJob<Broken, BrokenHandler>(services));
        var id = await host.Client.EnqueueAsync(new Broken(Convert.ToBase64String(System.Text.Encoding.Unicode.GetBytes(text.Replace('~', '\ud800')))), cancellationToken: Stop);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT coalesce(max(error), '') FROM job_attempts WHERE job_id = $1", id)
            == $"InvalidOperationException: {kept}");
        Assert.Equal(kept, await database.ScalarAsync<string>("SELECT note FROM jobs WHERE id = $1", id));
    }

    [Fact]
    public async Task ReplacementCharacterIsACharacterLikeAnyOther()
    {
        var board = new Board();
        await using var host = await JobsHost.StartAsync(database, _prefix, board: board);

        await host.Client.EnqueueAsync(new Note("Caf\uFFFD \U0001F600 \\uFFFD"), cancellationToken: Stop);

        await Eventually.TrueAsync(() => board.Notes.Contains("Caf\uFFFD \U0001F600 \\uFFFD"));
    }

    /// <summary>Fails with a text, and notes it as its progress first.</summary>
    private sealed record Broken(string Text) : IJob
    {
        public static string Kind => "broken";

        public static JobPolicy Policy { get; } = new() { Retry = new() { First = TimeSpan.FromHours(1) } };
    }

    private sealed class BrokenHandler : IJobHandler<Broken>
    {
        public async Task HandleAsync(Broken job, JobContext context, CancellationToken cancellationToken)
        {
            var text = System.Text.Encoding.Unicode.GetString(Convert.FromBase64String(job.Text));
            await context.ReportProgressAsync(0.5, text, cancellationToken);
            throw new InvalidOperationException(text);
        }
    }
}
