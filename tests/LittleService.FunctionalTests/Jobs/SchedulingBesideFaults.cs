using LittleService.Jobs;
using LittleService.Jobs.Schedules;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>What cleaning, a lock or a job that cannot be stored does to a schedule, and to the others.</summary>
public sealed class SchedulingBesideFaults(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _name = $"a{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TickWhoseJobHasNotEndedIsNotForgottenHoweverLongItTakes()
    {
        var due = DateTime.UtcNow.AddHours(-1);
        var cron = $"{due.Minute} {due.Hour} * * *";
        await KnownAsync(_name, $"{cron} UTC", "90 minutes");
        await using (var cleaning = await JobsHost.StartAsync(
            database, _prefix, options: options => (options.KeepFinished, options.CleanEvery) = (TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(50))))
        {
            var job = await cleaning.Client.EnqueueAsync(new Note(_name), new() { RunAt = DateTimeOffset.UtcNow.AddDays(1) }, Stop);
            await database.ExecuteAsync(
                $"""
                INSERT INTO job_ticks (schedule, due_at, outcome, job_id)
                VALUES ('{_name}', now() - interval '8 days', 'enqueued', '{job}'), ('z{_name}', now() - interval '1 hour', 'missed', NULL)
                """);
            await Eventually.TrueAsync(async () => await TicksAsync($"z{_name}", "true") == 0);
        }

        await using var host = await JobsHost.StartAsync(
            database, _prefix, services: services => services.AddSchedule(_name, cron, new Note(_name), new() { SkipOverlapping = true }));
        await Eventually.TrueAsync(async () => await TicksAsync(_name, "due_at > now() - interval '90 minutes'") == 1);

        Assert.Equal(1, await TicksAsync(_name, "outcome = 'overlapped'"));
    }

    [Fact]
    public async Task ScheduleThatFailsWithMoreThanATurnTakesIsNotTriedAgainAtOnce()
    {
        await KnownAsync(_name, "* * * * * UTC", "1500 minutes");
        await using var host = JobsHost.Create(database, _prefix);
        var pauses = new Pauses();
        var schedule = new Schedule<Note>(
            _name, CronExpression.Parse("* * * * *"), new() { Missed = MissedTicks.RunAll }, new Note(new string('x', 2_000_000)));
        var duty = new Scheduler(host.Get<JobDatabase>(), host.Get<JobStreams>(), host.Get<NewJobFactory>(), [schedule], pauses);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var failures = 0;

        var loop = duty.LoopAsync((_, _) => failures++, stop.Token);
        await Eventually.TrueAsync(() => pauses.First is not null);
        await stop.CancelAsync();
        await loop;

        Assert.Equal(1, failures);
        Assert.True(pauses.First > TimeSpan.FromMilliseconds(500), $"The pause was {pauses.First}.");
    }

    [Fact]
    public async Task ScheduleWhoseRowSomebodyWritesKeepsNoOtherFromItsTurn()
    {
        await using var connection = await database.Source.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await using var insert = connection.CreateCommand();
        insert.CommandText = $"INSERT INTO job_schedules (name, definition, since) VALUES ('{_name}', '* * * * * UTC', now())";
        await insert.ExecuteNonQueryAsync(Stop);
        var later = $"b{_name}";
        await KnownAsync(later, "* * * * * UTC", "10 minutes");
        var board = new Board();

        await using var host = await JobsHost.StartAsync(
            database, _prefix, board: board,
            services: services => services.AddSchedule(_name, "* * * * *", new Note(_name)).AddSchedule(later, "* * * * *", new Note(later)));

        await Eventually.TrueAsync(() => board.Notes.Contains(later));
    }

    [Fact]
    public async Task NextTimeIsAfterAllThatHasFiredWhereTheClockWasSetBack()
    {
        await KnownAsync(_name, "0 * * * * UTC", "1 day");
        await database.ExecuteAsync($"UPDATE job_schedules SET fired_until = now() + interval '3 days', seen_at = now() WHERE name = '{_name}'");
        await using var host = JobsHost.Create(database, _prefix, worker: false);

        var schedule = Assert.Single(await host.Reader.SchedulesAsync(Stop), schedule => schedule.Name == _name);

        Assert.True(schedule.Next > DateTimeOffset.UtcNow.AddDays(2), $"Next is {schedule.Next}.");
    }

    private Task KnownAsync(string name, string definition, string age) => database.ExecuteAsync(
        $"INSERT INTO job_schedules (name, definition, since) VALUES ('{name}', '{definition}', now() - interval '{age}')");

    private Task<long> TicksAsync(string name, string which) =>
        database.ScalarAsync<long>($"SELECT count(*) FROM job_ticks WHERE schedule = $1 AND {which}", name);

    // Remembers the first pause of a duty.
    private sealed class Pauses : TimeProvider
    {
        public TimeSpan? First { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            First ??= dueTime;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
