using System.Diagnostics;
using System.Text;
using LittleService.Jobs.Schedules;
using LittleService.Jobs.Storage;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs;

/// <summary>
/// Read access to jobs, queues and schedules for operators. Each query costs about the same with ten jobs and with ten million.
/// </summary>
public sealed class JobReader
{
    /// <summary>How many jobs a page of a list holds.</summary>
    public const int PageSize = 50;

    /// <summary>How many jobs of a state are counted at most.</summary>
    public const int MostCounted = 10_000;

    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    private readonly JobDatabase _database;

    internal JobReader(JobDatabase database) => _database = database;

    /// <summary>All states; a completed job is no longer among the others.</summary>
    public static IReadOnlyList<string> States { get; } =
        ["available", "scheduled", "retryable", "running", "blocked", "parked", "dead", "quarantined", "cancelled", "completed"];

    /// <summary>A page of jobs, newest first, and whether another follows.</summary>
    public async Task<(IReadOnlyList<JobSummary> Jobs, bool More)> ListAsync(JobSearch search, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(search);
        var sql = search.States.Contains("completed") ? JobReaderSql.ListCompleted(search) : JobReaderSql.List(search);
        var jobs = await ReadAsync(
            sql,
            [
                new() { Value = search.After ?? Guid.AllBitsSet, NpgsqlDbType = NpgsqlDbType.Uuid },
                Text(search.Kind),
                Text(search.Queue),
                new() { Value = search.AfterEnd ?? DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc),
                    NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = (object?)search.EndedSince ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            ],
            Summary,
            cancellationToken);
        return (jobs.Take(PageSize).ToList(), jobs.Count > PageSize);
    }

    /// <summary>One job, or null where there is none, or none any more.</summary>
    public async Task<JobDetail?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        NpgsqlParameter[] parameters = [new() { Value = id }, new() { Value = CreatedAt(id) - ClocksDiffer }];
        var found = (await ReadAsync(JobReaderSql.Find, parameters[..1], Detail, cancellationToken)).SingleOrDefault()
            ?? (await ReadAsync(JobReaderSql.FindCompleted, [.. parameters.Select(parameter => parameter.Clone())], Detail,
                cancellationToken)).SingleOrDefault();
        if (found is null) return null;
        var attempts = await ReadAsync(JobReaderSql.Attempts, [new() { Value = id }], Attempt, cancellationToken);
        return found with { Attempts = attempts };
    }

    /// <summary>How many jobs there are by state, queue and kind, without the completed ones.</summary>
    public Task<List<JobCount>> CountAsync(CancellationToken cancellationToken) =>
        ReadAsync(JobReaderSql.Counts, [], row => new JobCount(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3)),
            cancellationToken);

    /// <summary>How many jobs completed within the last minute.</summary>
    public Task<List<JobCount>> CountCompletedAsync(CancellationToken cancellationToken) =>
        ReadAsync(JobReaderSql.CompletedLastMinute, [],
            row => new JobCount("completed", row.GetString(0), row.GetString(1), row.GetInt64(2)), cancellationToken);

    /// <summary>The queues that are paused, and since when.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> PausedAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(JobReaderSql.PausedQueues, [], row => KeyValuePair.Create(row.GetString(0), row.GetDateTime(1)),
            cancellationToken)).ToDictionary();

    /// <summary>The schedules that workers have reported.</summary>
    public Task<List<ScheduleView>> SchedulesAsync(CancellationToken cancellationToken) =>
        ReadAsync(JobReaderSql.Schedules, [new() { Value = Scheduler.GoneAfter }], ScheduleRow.Read, cancellationToken);

    /// <summary>
    /// What operators did, newest first, from before <paramref name="before"/>; at most one more than <see cref="PageSize"/>.
    /// </summary>
    /// <param name="actor">Only what one of them did.</param>
    /// <param name="subject">Only what names this id, kind or queue.</param>
    /// <param name="before">The last id of the page before.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    public Task<List<JobAct>> ActsAsync(string? actor, string? subject, long? before, CancellationToken cancellationToken) =>
        ReadAsync(
            JobReaderSql.Acts,
            [new() { Value = before ?? long.MaxValue }, Text(actor), Text(subject)],
            row => new JobAct(row.GetInt64(0), row.GetDateTime(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt64(5)),
            cancellationToken);

    private async Task<List<T>> ReadAsync<T>(
        string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = _database.Source.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellationToken)) rows.Add(read(reader));
        return rows;
    }

    private static JobSummary Summary(NpgsqlDataReader row)
    {
        var id = row.GetGuid(0);
        return new(
            id, row.GetString(1), row.GetString(2), row.GetString(3), CreatedAt(id), Time(row, 5), Time(row, 6), row.GetInt32(7),
            String(row, 8),
            String(row, 9));
    }

    private static JobDetail Detail(NpgsqlDataReader row) => new(Summary(row), [])
    {
        Payload = row.IsDBNull(10) ? null : Encoding.UTF8.GetString(row.GetFieldValue<byte[]>(10)),
        Sensitive = row.GetBoolean(11),
        TraceId = ActivityContext.TryParse(String(row, 12), null, out var trace) ? trace.TraceId.ToHexString() : null,
        Progress = row.IsDBNull(13) ? null : row.GetFloat(13),
        Note = String(row, 14),
        Crashes = row.GetInt16(15),
        Milliseconds = row.IsDBNull(16) ? null : row.GetFloat(16),
    };

    private static JobAttempt Attempt(NpgsqlDataReader row) =>
        new(row.GetDateTime(0), row.GetString(1), String(row, 2), row.IsDBNull(3) ? null : row.GetFloat(3), String(row, 4));

    // The first 48 bits of a UUID of version 7 are its time in milliseconds.
    private static DateTime CreatedAt(Guid id)
    {
        var milliseconds = Convert.ToInt64(id.ToString("N")[..12], 16);
        return DateTime.UnixEpoch.AddMilliseconds(Math.Min(milliseconds, 250_000_000_000_000));
    }

    private static NpgsqlParameter Text(string? value) =>
        new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static string? String(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTime? Time(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDateTime(column);
}
