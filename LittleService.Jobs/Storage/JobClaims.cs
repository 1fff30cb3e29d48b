using LittleService.Jobs.Work;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>
/// Takes jobs from Postgres for this worker: increments their token, so that a previous holder can change nothing more.
/// </summary>
internal sealed class JobClaims(JobDatabase database, JobRegistry registry, Consumer consumer, IOptions<JobOptions> options)
{
    public const string Take =
        """
        UPDATE jobs SET state = 'running', token = token + 1, lease_until = now() + $2, worker = $3
        FROM picked WHERE jobs.id = picked.id
        RETURNING jobs.id, jobs.token, jobs.kind, jobs.version, jobs.payload, jobs.trace, jobs.attempt, jobs.crashes, jobs.run_at,
          jobs.priority,
          jobs.sensitive, jobs.queue
        """;

    // Stream by stream, in order of priority, and in each by time. SKIP LOCKED lets all workers do this at once.
    private const string Pick =
        """
        WITH picked AS (
          SELECT found.id
          FROM unnest($4::text[], $5::smallint[], $6::interval[]) AS stream (queue, priority, age)
          CROSS JOIN LATERAL (
            SELECT id FROM jobs
            WHERE queue = stream.queue AND priority = stream.priority AND run_at <= now() - stream.age AND {0}
            ORDER BY run_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS found
          LIMIT $1)
        """;

    private static readonly string Due = Picking("state IN ('scheduled', 'retryable') AND limit_key IS NULL AND crashes < 2");
    private static readonly string Suspect = Picking("state IN ('scheduled', 'retryable') AND limit_key IS NULL AND crashes >= 2");
    private static readonly string Available = Picking("state = 'available'");

    private static readonly string Named =
        """
        WITH picked AS (
          SELECT jobs.id FROM jobs JOIN unnest($4::uuid[], $5::int[]) AS named (id, token) ON jobs.id = named.id
            AND jobs.token = named.token
          WHERE state = 'available' AND $1 > 0 FOR UPDATE OF jobs SKIP LOCKED)
        """ + Take;

    /// <summary>Jobs whose time has come: delayed ones, retries, and those given back.</summary>
    public Task<List<HeldJob>> DueAsync(IReadOnlyList<StreamAge> streams, int most, CancellationToken cancellationToken) =>
        ByStreamAsync(Due, streams, most, cancellationToken);

    /// <summary>Jobs that have lost two workers.</summary>
    public Task<List<HeldJob>> SuspectsAsync(IReadOnlyList<StreamAge> streams, int most, CancellationToken cancellationToken) =>
        ByStreamAsync(Suspect, streams, most, cancellationToken);

    /// <summary>Jobs that the streams were to hand out, if they have waited longer than their stream's age.</summary>
    public Task<List<HeldJob>> AvailableAsync(IReadOnlyList<StreamAge> streams, int most, CancellationToken cancellationToken) =>
        ByStreamAsync(Available, streams, most, cancellationToken);

    /// <summary>The jobs named, as far as they still wait under the tokens named.</summary>
    public async Task<List<HeldJob>> NamedAsync(IReadOnlyList<HeldJob> jobs, CancellationToken cancellationToken)
    {
        await using var command = Command(Named, jobs.Count);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Id);
        command.AddArray(NpgsqlDbType.Integer, jobs, static job => job.Token);
        return await ReadAsync(command, cancellationToken);
    }

    private static string Picking(string condition) => Pick.Replace("{0}", condition, StringComparison.Ordinal) + Take;

    private async Task<List<HeldJob>> ByStreamAsync(
        string sql, IReadOnlyList<StreamAge> streams, int most, CancellationToken cancellationToken)
    {
        await using var command = Command(sql, most);
        command.AddArray(NpgsqlDbType.Text, streams, static stream => stream.Queue);
        command.AddArray(NpgsqlDbType.Smallint, streams, static stream => (short)stream.Priority);
        command.AddArray(NpgsqlDbType.Interval, streams, static stream => stream.Age);
        return await ReadAsync(command, cancellationToken);
    }

    public NpgsqlCommand Command(string sql, int most)
    {
        var command = new NpgsqlCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = options.Value.Lease });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = consumer.Name });
        return command;
    }

    private async Task<List<HeldJob>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        command.Connection = connection;
        return await ReadJobsAsync(command, cancellationToken);
    }

    /// <summary>The jobs that a claim took.</summary>
    public async Task<List<HeldJob>> ReadJobsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var jobs = new List<HeldJob>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            jobs.Add(Job(reader));
        return jobs;
    }

    private HeldJob Job(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Token = row.GetInt32(1),
        Kind = row.GetString(2),
        Registration = registry.Find(row.GetString(2)),
        Version = row.GetInt16(3),
        Payload = row.GetFieldValue<byte[]>(4),
        Trace = row.IsDBNull(5) ? null : row.GetString(5),
        Attempts = row.GetInt32(6),
        Suspect = row.GetInt16(7) >= 2,
        DueAt = row.GetFieldValue<DateTimeOffset>(8),
        Priority = (JobPriority)row.GetInt16(9),
        Sensitive = row.GetBoolean(10),
        Queue = row.GetString(11),
        Leased = true,
    };
}

/// <summary>A stream, and how long its jobs must have waited.</summary>
internal readonly record struct StreamAge(string Queue, JobPriority Priority, TimeSpan Age);
