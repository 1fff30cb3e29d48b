using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using LittleService.Jobs.Work;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Schedules;

/// <summary>
/// Writes each due time of each schedule as a row, and its job in the same transaction. The row's key makes a tick fire once, so every
/// worker may do this; the schedule's own row is locked only so that they don't do it all at once. Time is that of the database.
/// </summary>
internal sealed class Scheduler(JobDatabase database, JobStreams streams, NewJobFactory factory, IEnumerable<Schedule> schedules, TimeProvider time) : Duty(time)
{
    // However long nobody ran: more ticks than that are not caught up with.
    private const int MostAtOnce = 1000;

    // With the due time it makes a unique key.
    private const int LongestName = 80;

    private const string Since =
        """
        INSERT INTO job_schedules (name, definition, since) VALUES ($1, $2, now())
        ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, since = now() WHERE job_schedules.definition <> excluded.definition
        """;

    private const string Lock =
        """
        SELECT greatest(since, (SELECT max(due_at) FROM job_ticks WHERE schedule = name)), now() FROM job_schedules WHERE name = $1
        FOR UPDATE SKIP LOCKED
        """;

    private const string Overlaps =
        """
        SELECT EXISTS (SELECT 1 FROM job_ticks JOIN jobs ON jobs.id = job_ticks.job_id
                       WHERE schedule = $1 AND due_at > now() - interval '7 days' AND jobs.finished_at IS NULL)
        """;

    private const string Tick =
        "INSERT INTO job_ticks (schedule, due_at, outcome, job_id) SELECT $1, * FROM unnest($2::timestamptz[], $3::text[], $4::uuid[]) ON CONFLICT DO NOTHING";

    private readonly IReadOnlyList<Schedule> _schedules = Checked(schedules, factory);
    private bool _known;

    protected override TimeSpan Period => TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var schedule in _schedules)
        {
            if (!_known)
                await ExecuteAsync(Since, schedule.Name, schedule.Definition, cancellationToken);
            await FireAsync(schedule, cancellationToken);
        }

        _known = true;
    }

    // A mistake in one would come up every second, and keep those after it from their turn: no worker starts with it.
    private static List<Schedule> Checked(IEnumerable<Schedule> schedules, NewJobFactory factory)
    {
        var all = schedules.ToList();
        if (all.GroupBy(schedule => schedule.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two schedules are named '{twice.Key}'.");
        if (all.Find(schedule => schedule.Name.Length is 0 or > LongestName) is { } unnamed)
            throw new InvalidOperationException($"The name of a schedule has 1 to {LongestName} characters, unlike '{unnamed.Name}'.");
        foreach (var schedule in all)
            factory.Known(schedule.Kind);
        return all;
    }

    private async Task FireAsync(Schedule schedule, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(schedule, connection, cancellationToken) is not { } window)
            return;
        var due = schedule.Cron.Between(window.After, window.Now, schedule.Options.TimeZone).TakeLast(MostAtOnce).ToList();
        if (due.Count == 0)
            return;
        var overlaps = schedule.Options.SkipOverlapping && await OverlapsAsync(schedule, connection, cancellationToken);
        var ticks = Ticks(schedule, due, window.Now, overlaps);
        var jobs = ticks.Select(tick => tick.Job).OfType<NewJob>().ToList();
        if (jobs.Count > 0)
            await JobInserts.StoreAsync(connection, transaction, jobs, cancellationToken);
        await NoteAsync(schedule, ticks, connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        streams.Publish(jobs);
    }

    private List<DueTick> Ticks(Schedule schedule, List<DateTimeOffset> due, DateTimeOffset now, bool overlaps)
    {
        var ticks = new List<DueTick>();
        foreach (var at in due)
        {
            var outcome = Outcome(schedule.Options, at == due[^1], now - at, overlaps);
            ticks.Add(new(at, outcome, outcome == DueTick.Enqueued ? Create(schedule, at) : null));
            overlaps |= schedule.Options.SkipOverlapping && outcome == DueTick.Enqueued;
        }

        return ticks;
    }

    private NewJob Create(Schedule schedule, DateTimeOffset at)
    {
        using var activity = JobTelemetry.StartEnqueue(schedule.Kind);
        return schedule.Create(factory, $"schedule:{schedule.Name}:{at.UtcDateTime:yyyyMMddTHHmm}");
    }

    // A tick counts as missed when a worker would have seen it long ago.
    private static string Outcome(ScheduleOptions options, bool last, TimeSpan late, bool overlaps)
    {
        var missed = late > TimeSpan.FromMinutes(1);
        if ((missed && options.Missed == MissedTicks.Skip) || (!last && options.Missed == MissedTicks.RunLast))
            return DueTick.Missed;
        return overlaps ? DueTick.Overlapped : DueTick.Enqueued;
    }

    private static async Task<(DateTimeOffset After, DateTimeOffset Now)?> LockAsync(
        Schedule schedule, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { new() { Value = schedule.Name } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1)) : null;
    }

    private static async Task<bool> OverlapsAsync(Schedule schedule, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Overlaps, connection) { Parameters = { new() { Value = schedule.Name } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task NoteAsync(Schedule schedule, List<DueTick> ticks, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Tick, connection) { Parameters = { new() { Value = schedule.Name } } };
        command.AddArray(NpgsqlDbType.TimestampTz, ticks, static tick => tick.At.UtcDateTime);
        command.AddArray(NpgsqlDbType.Text, ticks, static tick => tick.Outcome);
        command.AddArray(NpgsqlDbType.Uuid, ticks, static tick => tick.Job?.StoredId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ExecuteAsync(string sql, string first, string second, CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new() { Value = first });
        command.Parameters.Add(new() { Value = second });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record DueTick(DateTimeOffset At, string Outcome, NewJob? Job)
    {
        public const string Enqueued = "enqueued";
        public const string Missed = "missed";
        public const string Overlapped = "overlapped";
    }
}
