using System.Diagnostics;
using LittleService.Jobs;
using LittleService.Jobs.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Jobs;

public sealed class Scheduling(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _name = Guid.NewGuid().ToString("N");

    [Theory]
    [InlineData(MissedTicks.RunAll, 10, 10)]
    [InlineData(MissedTicks.RunLast, 10, 1)]
    // Of the ten only the last is on time.
    [InlineData(MissedTicks.Skip, 10, 1)]
    public async Task EachDueTimeIsNotedOnceHoweverManyWorkersRun(MissedTicks missed, int least, int runs)
    {
        // As if the schedule had been known for ten minutes in which nobody ran.
        await database.ExecuteAsync($"INSERT INTO job_schedules VALUES ('{_name}', '* * * * * UTC', now() - interval '10 minutes')");
        var board = new Board();
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => JobsHost.StartAsync(
            database, _prefix, board: board, services: services => services.AddSchedule(_name, "* * * * *", new Note(_name), new() { Missed = missed }))));

        await Eventually.TrueAsync(async () => await TicksAsync("true") >= least);
        // A minute may begin meanwhile, and its job is to run too.
        await Eventually.TrueAsync(async () => Runs() >= runs && await TicksAsync("outcome = 'enqueued'") == Runs());
        foreach (var host in hosts)
            await host.DisposeAsync();

        Assert.InRange<long>(Runs(), runs, Math.Min(runs + 1, await TicksAsync("outcome = 'enqueued'")));
        Assert.Equal(0, await GapsAndDoublesAsync());

        int Runs() => board.Notes.Count(note => note == _name);
    }

    [Fact]
    public async Task TickIsLeftOutWhileTheJobBeforeHasNotEnded()
    {
        await database.ExecuteAsync($"INSERT INTO job_schedules VALUES ('{_name}', '* * * * * UTC', now() - interval '10 minutes')");
        var board = new Board();
        await using (await StartAsync(board, new Slow(_name)))
        {
            await Eventually.TrueAsync(() => board.Notes.Contains($"started {_name}"));
            await Eventually.TrueAsync(async () => await TicksAsync("true") >= 10);
            Assert.Equal(1, await TicksAsync("outcome = 'enqueued'"));
            Assert.True(await TicksAsync("outcome = 'overlapped'") >= 9);
            board.Gate.SetResult();
            await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE kind = 'slow'") == 0);
        }

        // As if the clock had gone on by ten minutes: the job before has ended, so one of the ticks runs.
        await database.ExecuteAsync($"UPDATE job_ticks SET due_at = due_at - interval '10 minutes' WHERE schedule = '{_name}'");
        await database.ExecuteAsync($"UPDATE job_schedules SET fired_until = fired_until - interval '10 minutes' WHERE name = '{_name}'");
        await using var again = await StartAsync(board, new Slow(_name));
        await Eventually.TrueAsync(async () => await TicksAsync("outcome = 'enqueued'") >= 2);
        Assert.Equal(0, await GapsAndDoublesAsync());
    }

    [Fact]
    public async Task LeaderKilledBeforeItsCommitLeavesNoGapAndNoDouble()
    {
        await database.ExecuteAsync($"INSERT INTO job_schedules VALUES ('{_name}', '* * * * * UTC', now() - interval '10 minutes')");
        var settings = new Dictionary<string, string> { ["Chaos__Schedule"] = _name };
        await using var leader = WorkerProcess.Start(database, _prefix, settings: new(settings) { ["Chaos__DieAfter"] = "INSERT INTO jobs" });
        await leader.ExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await TicksAsync("true"));

        await using var one = WorkerProcess.Start(database, _prefix, settings: settings);
        await using var two = WorkerProcess.Start(database, _prefix, settings: settings);

        await Eventually.TrueAsync(async () => await TicksAsync("true") >= 10);
        await Eventually.TrueAsync(async () => await TicksAsync("outcome = 'enqueued'") == await EffectsAsync());
        Assert.Equal(0, await GapsAndDoublesAsync());
        Assert.Equal(0, await TicksAsync("outcome <> 'enqueued'"));
    }

    [Fact]
    public async Task ScheduledJobBelongsToATraceOfItsOwn()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "LittleService.Jobs",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        await database.ExecuteAsync($"INSERT INTO job_schedules VALUES ('{_name}', '* * * * * UTC', now() - interval '10 minutes')");
        var board = new Board();
        await using var host = await StartAsync(board, new Slow(_name));

        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>(
            "SELECT count(*) FROM jobs WHERE unique_key LIKE $1 AND trace LIKE '00-%'", $"schedule:{_name}:%") == 1);
        board.Gate.SetResult();
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE kind = 'slow'") == 0);
    }

    [Theory]
    [InlineData("twice", "twice", "Two schedules are named 'twice'.")]
    [InlineData("", "other", "1 to 80 characters")]
    public async Task ScheduleWithAMistakeIsToldAtStart(string one, string other, string problem)
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => StartWithAsync(
            services => services.AddSchedule(one, "* * * * *", new Note("")).AddSchedule(other, "* * * * *", new Note(""))));

        Assert.Contains(problem, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ScheduleOfAKindThatNobodyAddedIsToldAtStart()
    {
        var mistake = await Assert.ThrowsAsync<JobRefusedException>(() => StartWithAsync(services => services.AddSchedule(_name, "* * * * *", new Stranger(""))));

        Assert.Contains("'stranger'", mistake.Message, StringComparison.Ordinal);
    }

    private async Task StartWithAsync(Action<IServiceCollection> schedules)
    {
        await using var host = await JobsHost.StartAsync(database, _prefix, services: schedules);
    }

    private Task<JobsHost> StartAsync(Board board, Slow job) => JobsHost.StartAsync(
        database, _prefix, board: board, options: options => options.StopWait = TimeSpan.FromMilliseconds(100),
        services: services => services.AddSchedule(_name, "* * * * *", job, new() { Missed = MissedTicks.RunAll, SkipOverlapping = true }));

    private Task<long> EffectsAsync() => database.ScalarAsync<long>("SELECT count(*) FROM effects WHERE key = $1", $"schedule {_name}");

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
