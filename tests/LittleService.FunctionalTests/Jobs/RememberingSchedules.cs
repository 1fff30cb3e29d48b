using LittleService.Jobs;
using LittleService.Jobs.Schedules;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>A due time fires once, ever: whatever is cleaned, however definitions change, and whoever else runs.</summary>
public sealed class RememberingSchedules(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _name = $"a{Guid.NewGuid():N}";

    [Fact]
    public async Task DueTimeWhoseTickWasCleanedDoesNotFireAgain()
    {
        // Due once, an hour ago.
        var due = DateTime.UtcNow.AddHours(-1);
        var cron = $"{due.Minute} {due.Hour} * * *";
        await KnownAsync($"{cron} UTC", "2 hours");
        var board = new Board();
        await using var host = await StartAsync(board, services => services.AddSchedule(_name, cron, new Note(_name)));
        await Eventually.TrueAsync(async () => board.Notes.Contains(_name) && await TicksAsync("true") == 0);

        await TurnAsync(board);
        Assert.Single(board.Notes, note => note == _name);
    }

    [Fact]
    public async Task TicksOfWorkersThatOnlyNoteThemAreRememberedToo()
    {
        var due = DateTime.UtcNow.AddHours(-1);
        var cron = $"{due.Minute} {due.Hour} * * *";
        await KnownAsync($"{cron} UTC", "2 hours");
        await database.ExecuteAsync(
            $"INSERT INTO job_ticks (schedule, due_at, outcome) VALUES ('{_name}', '{due:yyyy-MM-dd HH:mm}:00+00', 'enqueued')");
        var board = new Board();
        await using var host = await StartAsync(board, services => services.AddSchedule(_name, cron, new Note(_name)));
        await Eventually.TrueAsync(async () => await TicksAsync("true") == 0);

        await TurnAsync(board);
        Assert.DoesNotContain(_name, board.Notes);
    }

    [Fact]
    public async Task TickIsCleanedOnlyOnceItsScheduleRemembersIt()
    {
        var known = $"b{_name}";
        await KnownAsync("0 3 * * * UTC", "2 hours");
        await KnownAsync("0 3 * * * UTC", "2 hours", known);
        await database.ExecuteAsync(
            $"""
            UPDATE job_schedules SET fired_until = CASE name WHEN '{known}' THEN now() ELSE NULL END WHERE name IN ('{_name}', '{known}');
            INSERT INTO job_ticks (schedule, due_at, outcome) VALUES
              ('{_name}', now() - interval '2 hours', 'enqueued'), ('{known}', now() - interval '1 hour', 'enqueued')
            """);

        await using var host = await StartAsync(new(), _ => { });

        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>($"SELECT count(*) FROM job_ticks WHERE schedule = '{known}'") == 0);
        Assert.Equal(1, await TicksAsync("true"));
    }

    [Fact]
    public async Task ScheduleThatWasSetBackDoesNotFireWhatHasFired()
    {
        await KnownAsync("* * * * * UTC", "10 minutes");
        await database.ExecuteAsync($"UPDATE job_schedules SET fired_until = now() + interval '1 hour' WHERE name = '{_name}'");
        var board = new Board();
        await using var host = await StartAsync(board, services => services.AddSchedule(_name, "* * * * *", new Note(_name), new() { Missed = MissedTicks.RunAll }));

        await TurnAsync(board);
        Assert.DoesNotContain(_name, board.Notes);
    }

    [Fact]
    public async Task ScheduleThatCannotBeStoredKeepsNoOtherFromItsTurn()
    {
        var later = $"b{_name}";
        await KnownAsync("* * * * * UTC", "10 minutes");
        await KnownAsync("* * * * * UTC", "10 minutes", later);
        var board = new Board();
        await using var host = await StartAsync(
            board, services => services.AddSchedule(_name, "* * * * *", new Note(new string('x', 2_000_000))).AddSchedule(later, "* * * * *", new Note(later)));

        await Eventually.TrueAsync(() => board.Notes.Contains(later));
    }

    [Fact]
    public async Task TheDefinitionThatBeganLastCountsAndTheOtherIsTakenBackWhenItIsGone()
    {
        var board = new Board();
        MissedTicks missed = MissedTicks.RunAll;
        await using var old = await StartAsync(board, services => services.AddSchedule(_name, "1-59/2 * * * *", new Note("old"), new() { Missed = missed }));
        await Eventually.TrueAsync(async () => await DefinitionAsync() == "1-59/2 * * * * UTC");
        await using (await StartAsync(board, services => services.AddSchedule(_name, "*/2 * * * *", new Note("new"), new() { Missed = missed })))
        {
            await Eventually.TrueAsync(async () => await DefinitionAsync() == "*/2 * * * * UTC");
            await database.ExecuteAsync($"UPDATE job_schedules SET since = now() - interval '20 minutes', fired_until = NULL WHERE name = '{_name}'");
            await Eventually.TrueAsync(() => board.Notes.Count(note => note == "new") >= 9);
            Assert.DoesNotContain("old", board.Notes);
        }

        // As if it had gone ten minutes ago; its newest tick would be cleaned only when it is a minute old.
        await database.ExecuteAsync(
            $"""
            DELETE FROM job_ticks WHERE schedule = '{_name}' AND due_at > now() - interval '10 minutes';
            UPDATE job_schedules SET seen_at = now() - interval '20 minutes', fired_until = now() - interval '10 minutes' WHERE name = '{_name}'
            """);
        await Eventually.TrueAsync(() => board.Notes.Count(note => note == "old") >= 4);
        Assert.Equal("1-59/2 * * * * UTC", await DefinitionAsync());
    }

    [Theory]
    [InlineData("0 3 * * * Mars/Olympus", "Mars/Olympus")]
    [InlineData("nonsense", "five fields")]
    [InlineData("0 0 30 2 * UTC", "never due")]
    [InlineData("* * * * x UTC", "cron expression")]
    public async Task ScheduleThatCannotBeReadIsShownBesideTheOthers(string definition, string problem)
    {
        var other = $"b{_name}";
        await KnownAsync(definition, "1 day");
        await KnownAsync("0 3 * * * UTC", "1 day", other);
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var schedules = await host.Reader.SchedulesAsync(TestContext.Current.CancellationToken);

        var unreadable = Assert.Single(schedules, schedule => schedule.Name == _name);
        Assert.Contains(problem, unreadable.Problem, StringComparison.Ordinal);
        Assert.Null(unreadable.Next);
        Assert.NotNull(Assert.Single(schedules, schedule => schedule.Name == other).Next);
    }

    [Fact]
    public async Task ScheduleThatNoWorkerRunsAnyMoreHasNoNextTime()
    {
        await KnownAsync("0 3 * * * UTC", "1 day");
        await database.ExecuteAsync($"UPDATE job_schedules SET seen_at = now() - interval '1 hour' WHERE name = '{_name}'");
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var gone = Assert.Single(await host.Reader.SchedulesAsync(TestContext.Current.CancellationToken), schedule => schedule.Name == _name);

        Assert.False(gone.IsRunning);
        Assert.Null(gone.Next);
    }

    [Fact]
    public async Task MoreMissedTimesThanATurnTakesAllRun()
    {
        await KnownAsync("* * * * * UTC", "1500 minutes");
        await using var host = await StartAsync(
            new(), services => services.AddSchedule(_name, "* * * * *", new Note(_name), new() { Missed = MissedTicks.RunAll }), clean: false);

        await Eventually.TrueAsync(async () => await TicksAsync("outcome = 'enqueued'") >= 1500);
    }

    // A schedule that comes after the one of the test in each turn has fired: so the other has had its turn as well.
    private async Task TurnAsync(Board board)
    {
        var after = $"z{_name}";
        await KnownAsync("* * * * * UTC", "10 minutes", after);
        await Eventually.TrueAsync(() => board.Notes.Contains("turn"));
    }

    private Task<JobsHost> StartAsync(Board board, Action<IServiceCollection> schedules, bool clean = true) => JobsHost.StartAsync(
        database, _prefix, board: board,
        options: options =>
        {
            if (clean) (options.KeepFinished, options.CleanEvery) = (TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(50));
        },
        services: services =>
        {
            schedules(services);
            services.AddSchedule($"z{_name}", "* * * * *", new Note("turn"));
        });

    // As if it had been known for so long while nobody ran.
    private Task KnownAsync(string definition, string age, string? name = null) => database.ExecuteAsync(
        $"""
        INSERT INTO job_schedules (name, definition, since) VALUES ('{name ?? _name}', '{definition}', now() - interval '{age}')
        ON CONFLICT (name) DO UPDATE SET since = excluded.since, fired_until = NULL
        """);

    private Task<string> DefinitionAsync() => database.ScalarAsync<string>("SELECT coalesce(max(definition), '') FROM job_schedules WHERE name = $1", _name);

    private Task<long> TicksAsync(string which) => database.ScalarAsync<long>($"SELECT count(*) FROM job_ticks WHERE schedule = $1 AND {which}", _name);
}
