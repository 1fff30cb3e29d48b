using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using LittleService.Jobs.Work;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Schedules;

/// <summary>
/// Writes each due time of each schedule as a row, and its job in the same transaction, under the lock of the schedule's own row, which
/// remembers until when it has fired: nothing at or before that time fires again, whoever cleans the ticks. Every worker may do this. Time
/// is that of the database.
/// </summary>
internal sealed class Scheduler(
    JobDatabase database, JobStreams streams, NewJobFactory factory, IEnumerable<Schedule> schedules, TimeProvider time) : Duty(time)
{
    // No more missed ticks than this are caught up with, however long no worker ran.
    private const int MostAtOnce = 1000;

    // With the due time it makes a unique key.
    private const int LongestName = 80;

    // A running worker reports its definition this often; one that has not for that long is gone, and its definition with it.
    private static readonly TimeSpan SeenEvery = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan GoneAfter = TimeSpan.FromMinutes(2);

    private const string Add = "INSERT INTO job_schedules (name, definition, since) VALUES ($1, $2, now()) ON CONFLICT DO NOTHING";

    private const string Lock =
        """
        SELECT definition, since, fired_until, (SELECT max(due_at) FROM job_ticks WHERE schedule = name), seen_at, now()
        FROM job_schedules WHERE name = $1 FOR UPDATE SKIP LOCKED
        """;

    private const string Remember =
        "UPDATE job_schedules SET definition = $2, since = $3, fired_until = $4, seen_at = now() WHERE name = $1";

    // A foreign lock blocks its own schedule, and delays the others no longer than this.
    private const string Patience = "SET LOCAL lock_timeout = '2s'";

    // The cleaner spares the ticks of jobs that have not ended.
    private const string Overlaps =
        """
        SELECT EXISTS (SELECT 1 FROM job_ticks JOIN jobs ON jobs.id = job_ticks.job_id
                       WHERE schedule = $1 AND jobs.finished_at IS NULL)
        """;

    // A tick that exists already fails the transaction, and so its job.
    private const string Tick =
        "INSERT INTO job_ticks (schedule, due_at, outcome, job_id) SELECT $1, * FROM unnest($2::timestamptz[], $3::text[], $4::uuid[])";

    private readonly IReadOnlyList<Schedule> _schedules = Checked(schedules, factory);
    private readonly HashSet<string> _begun = [];

    protected override TimeSpan Period => TimeSpan.FromSeconds(1);

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        List<string> failures = [];
        foreach (var schedule in _schedules)
        {
            try
            {
                await FireAsync(schedule, cancellationToken);
            }
            catch (Exception e) when (e is PostgresException or not NpgsqlException && !cancellationToken.IsCancellationRequested)
            {
                // An error of this schedule alone: continue with the others. Without a connection there is nothing to continue.
                failures.Add($"{schedule.Name}: {e.Message}");
            }
        }

        if (failures.Count > 0)
            throw new InvalidOperationException(string.Join(' ', failures));
    }

    // A faulty schedule would fail every second and block the ones after it, so no worker starts with it.
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
        await ExecuteAsync(connection, Patience, cancellationToken);
        if (!_begun.Contains(schedule.Name))
            await ExecuteAsync(connection, Add, cancellationToken, schedule.Name, schedule.Definition);
        if (await LockAsync(schedule, connection, cancellationToken) is not { } row || Adopt(schedule, row) is not { } mine)
            return;
        var due = Due(schedule, mine);
        var jobs = await StoreAsync(schedule, due, mine.Now, connection, transaction, cancellationToken);
        var fired = due.Count > 0 ? due[^1] : mine.Fired;
        if (fired != row.FiredUntil || mine.Definition != row.Definition || mine.Now - mine.SeenAt > SeenEvery)
            await ExecuteAsync(
                connection, Remember, cancellationToken, schedule.Name, mine.Definition, mine.Since, fired is null ? DBNull.Value : fired);
        await transaction.CommitAsync(cancellationToken);
        _begun.Add(schedule.Name);
        streams.Publish(jobs);

        // After the commit only: a failed tick is retried at the next turn.
        if (due.Count == MostAtOnce && schedule.Options.Missed == MissedTicks.RunAll)
            RunAgainSoon();
    }

    // While two versions of the code run, the one that began last decides when the schedule is due; the other takes it back when that one
    // is gone, and from there on. A new definition counts from now on.
    private ScheduleRow? Adopt(Schedule schedule, ScheduleRow row)
    {
        if (row.Definition == schedule.Definition)
            return row;
        if (!_begun.Contains(schedule.Name))
            return row with { Definition = schedule.Definition, Since = row.Now };
        return row.Now - row.SeenAt < GoneAfter ? null : row with { Definition = schedule.Definition, Since = row.SeenAt };
    }

    // All that run are caught up with, some at a time; of those that do not, the last are noted.
    private static List<DateTimeOffset> Due(Schedule schedule, ScheduleRow row)
    {
        var due = schedule.Cron.Between(row.Fired > row.Since ? row.Fired.Value : row.Since, row.Now, schedule.Options.TimeZone);
        return [.. schedule.Options.Missed == MissedTicks.RunAll ? due.Take(MostAtOnce) : due.TakeLast(MostAtOnce)];
    }

    private async Task<List<NewJob>> StoreAsync(
        Schedule schedule, List<DateTimeOffset> due, DateTimeOffset now, NpgsqlConnection connection, NpgsqlTransaction transaction,
        CancellationToken cancellationToken)
    {
        if (due.Count == 0)
            return [];
        var overlaps = schedule.Options.SkipOverlapping && await OverlapsAsync(schedule, connection, cancellationToken);
        var ticks = Ticks(schedule, due, now, overlaps);
        var jobs = ticks.Select(tick => tick.Job).OfType<NewJob>().ToList();
        if (jobs.Count > 0)
            await JobInserts.StoreAsync(connection, transaction, jobs, cancellationToken);
        await NoteAsync(schedule, ticks, connection, cancellationToken);
        return jobs;
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

    private static async Task<ScheduleRow?> LockAsync(Schedule schedule, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Lock, connection) { Parameters = { new() { Value = schedule.Name } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new(reader.GetString(0), Time(1)!.Value, Time(2), Time(3), Time(4)!.Value, Time(5)!.Value)
            : null;

        DateTimeOffset? Time(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateTimeOffset>(column);
    }

    private static async Task<bool> OverlapsAsync(Schedule schedule, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Overlaps, connection) { Parameters = { new() { Value = schedule.Name } } };
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static async Task NoteAsync(
        Schedule schedule, List<DueTick> ticks, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Tick, connection) { Parameters = { new() { Value = schedule.Name } } };
        command.AddArray(NpgsqlDbType.TimestampTz, ticks, static tick => tick.At.UtcDateTime);
        command.AddArray(NpgsqlDbType.Text, ticks, static tick => tick.Outcome);
        command.AddArray(NpgsqlDbType.Uuid, ticks, static tick => tick.Job?.StoredId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task ExecuteAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
            command.Parameters.Add(
                value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.TimestampTz } : new() { Value = value });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record ScheduleRow(
        string Definition, DateTimeOffset Since, DateTimeOffset? FiredUntil, DateTimeOffset? NewestTick, DateTimeOffset SeenAt,
        DateTimeOffset Now)
    {
        // Workers of an older version note ticks and nothing else.
        public DateTimeOffset? Fired => FiredUntil is null || NewestTick > FiredUntil ? NewestTick : FiredUntil;
    }

    private sealed record DueTick(DateTimeOffset At, string Outcome, NewJob? Job)
    {
        public const string Enqueued = "enqueued";
        public const string Missed = "missed";
        public const string Overlapped = "overlapped";
    }
}
