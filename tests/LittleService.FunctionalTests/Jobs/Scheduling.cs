using LittleService.Jobs.Schedules;

namespace LittleService.FunctionalTests.Jobs;

public sealed class Scheduling(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _name = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData(MissedTicks.RunAll, 10, 10)]
    [InlineData(MissedTicks.RunLast, 10, 1)]
    [InlineData(MissedTicks.Skip, 10, 0)]
    public async Task EachDueTimeIsNotedOnceHoweverManyWorkersRun(MissedTicks missed, int least, int runs)
    {
        // As if the schedule had been known for ten minutes in which nobody ran.
        await database.ExecuteAsync($"INSERT INTO job_schedules VALUES ('{_name}', '* * * * * UTC', now() - interval '10 minutes')");
        var board = new Board();
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => JobsHost.StartAsync(
            database, _prefix, board: board, services: services => LittleService.Jobs.JobsExtensions.AddSchedule(services, _name, "* * * * *", new Note(_name), new() { Missed = missed }))));

        await Eventually.TrueAsync(async () => await TicksAsync("true") >= least);
        await Eventually.TrueAsync(() => board.Notes.Count >= runs);
        foreach (var host in hosts)
            await host.DisposeAsync();

        Assert.Equal(await TicksAsync("outcome = 'enqueued'"), board.Notes.Count);
        Assert.InRange(board.Notes.Count, runs, runs + 1);
        Assert.Equal(0, await GapsAndDoublesAsync());
    }

    private Task<long> TicksAsync(string which) => database.ScalarAsync<long>($"SELECT count(*) FROM job_ticks WHERE schedule = $1 AND {which}", _name);

    // The query of the README: every minute between the first and the last tick is there, and none twice.
    private Task<long> GapsAndDoublesAsync() => database.ScalarAsync<long>(
        """
        SELECT count(*) FROM (
          SELECT minute FROM (SELECT min(due_at) AS first, max(due_at) AS last FROM job_ticks WHERE schedule = $1) AS span
          CROSS JOIN generate_series(first, last, interval '1 minute') AS minute
          EXCEPT ALL SELECT due_at FROM job_ticks WHERE schedule = $1) AS missing
        """, _name);
}
