using LittleService.FunctionalTests.Jobs;
using LittleService.Jobs.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace LittleService.FunctionalTests.Migrations;

public sealed class Migrations(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _set = Guid.NewGuid().ToString("N");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OfTwoMigratorsOneMigrates()
    {
        var migrations = Sleeping(1);

        var applied = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Migrator(migrations).MigrateAsync(Stop)));

        Assert.Equal([0, 1], applied.Select(each => each.Count).Order());
        Assert.Empty(await Migrator(migrations).PendingAsync(Stop));
    }

    [Theory]
    [InlineData("SELECT pg_advisory_xact_lock(83921201620850)", "SELECT 1;")]
    [InlineData("LOCK TABLE job_queues", "ALTER TABLE job_queues ALTER queue SET STATISTICS 100;")]
    public async Task MigratorThatWaitsSaysForWhom(string held, string migration)
    {
        await using var holder = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Database) { ApplicationName = "holder" });
        await using var connection = await holder.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using (var hold = new NpgsqlCommand(held, connection)) await hold.ExecuteNonQueryAsync(Stop);
        var (log, clock) = (new LogLines(), new FakeTimeProvider());
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var migrating = new Migrator(database.Source, loggers.CreateLogger<Migrator>(), [Migration.Create(_set, "0001_first.sql", migration)], clock).MigrateAsync(Stop);

        await Eventually.SeeAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(5));
                return Task.FromResult(log.Warnings.Count);
            },
            said => said > 0);

        Assert.Matches($"0001_first.sql waits for a lock that process {connection.ProcessID} \\(holder, user [^,]+, .*in a transaction for \\d+ s\\)", log.Warnings[0]);
        await transaction.RollbackAsync(Stop);
        Assert.Single(await migrating);
    }

    [Fact]
    public async Task FileChangedAfterItWasAppliedIsNamed()
    {
        await Migrator([Migration.Create(_set, "0001_first.sql", "SELECT 1;")]).MigrateAsync(Stop);
        var changed = Migrator([Migration.Create(_set, "0001_first.sql", "SELECT 2;")]);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => changed.MigrateAsync(Stop));

        Assert.Contains($"{_set}/0001_first.sql was changed after it was applied", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LineEndsDontCount()
    {
        await Migrator([Migration.Create(_set, "0001_first.sql", "SELECT 1;\n-- end\n")]).MigrateAsync(Stop);

        Assert.Empty(await Migrator([Migration.Create(_set, "0001_first.sql", "SELECT 1;\r\n-- end\r\n")]).PendingAsync(Stop));
    }

    [Fact]
    public async Task MigrationThatFailsHalfWayLeavesNothingAndIsPending()
    {
        var migrator = Migrator([
            Migration.Create(_set, "0001_good.sql", $"CREATE TABLE t{_set} (id int);"),
            Migration.Create(_set, "0002_bad.sql", $"INSERT INTO t{_set} VALUES (1); SELECT 1 / 0;")]);

        await Assert.ThrowsAsync<PostgresException>(() => migrator.MigrateAsync(Stop));

        Assert.Equal(0, await database.ScalarAsync<long>($"SELECT count(*) FROM t{_set}"));
        Assert.Equal([$"{_set}/0002_bad.sql"], (await migrator.PendingAsync(Stop)).Select(migration => migration.ToString()));
    }

    [Theory]
    [InlineData("first.sql")]
    [InlineData("1_first.sql")]
    [InlineData("0001-first.sql")]
    public void NameWithoutANumberIsRefused(string name) => Assert.Throws<InvalidOperationException>(() => Migration.Create(_set, name, ""));

    private static Migration[] Sleeping(int count) =>
        [.. Enumerable.Range(1, count).Select(i => Migration.Create("sleeping", $"{i:0000}_sleep.sql", "SELECT pg_sleep(0.5);"))];

    private Migrator Migrator(IReadOnlyList<Migration> migrations) => new(database.Source, NullLogger<Migrator>.Instance, migrations);
}
