using LittleService.Jobs.Work;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>Leases: until when a worker owns a job without a further sign of life. All times are those of the database's clock.</summary>
internal static class JobLeases
{
    private const string Renew =
        """
        UPDATE jobs SET state = 'running', lease_until = now() + $3, worker = $4
        FROM unnest($1::uuid[], $2::int[]) AS held (id, token)
        WHERE jobs.id = held.id AND jobs.token = held.token AND state IN ('available', 'running')
        RETURNING jobs.id
        """;

    // The crash budget is the job's, not the retry's: a lost worker says nothing about the job until it happens again and again.
    private const string Rescue =
        """
        UPDATE jobs
        SET token = jobs.token + 1, crashes = crashes + 1, lease_until = NULL, run_at = now(),
            state = CASE WHEN crashes + 1 >= $2 THEN 'quarantined' ELSE 'retryable' END,
            finished_at = CASE WHEN crashes + 1 >= $2 THEN now() END,
            reason = format('its worker was lost (%s of %s times allowed)', crashes + 1, $2)
        FROM picked WHERE jobs.id = picked.id
        RETURNING jobs.id, picked.token, jobs.queue, jobs.kind, picked.worker
        """;

    private const string Note =
        """
        noted AS (INSERT INTO job_attempts (job_id, token, kind, outcome, worker) SELECT id, token, kind, 'worker lost', worker
          FROM rescued)
        SELECT queue, kind FROM rescued
        """;

    private const string RescueExpired =
        $"""
        WITH picked AS (
          SELECT id, token, worker FROM jobs WHERE state = 'running' AND lease_until < now() ORDER BY lease_until LIMIT $1
            FOR UPDATE SKIP LOCKED),
        rescued AS ({Rescue}),
        {Note}
        """;

    private const string RescueNamed =
        $"""
        WITH picked AS (
          SELECT jobs.id, jobs.token, named.worker
          FROM jobs JOIN unnest($3::uuid[], $4::int[], $5::text[]) AS named (id, token, worker) ON jobs.id = named.id
            AND jobs.token = named.token
          WHERE state = 'available' LIMIT $1 FOR UPDATE OF jobs SKIP LOCKED),
        rescued AS ({Rescue}),
        {Note}
        """;

    /// <summary>Renews the leases of jobs, or takes them for the first time.</summary>
    /// <returns>The jobs that are still this worker's.</returns>
    public static async Task<HashSet<Guid>> RenewAsync(
        NpgsqlDataSource source, IReadOnlyList<HeldJob> jobs, TimeSpan lease, string worker, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Renew);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Id);
        command.AddArray(NpgsqlDbType.Integer, jobs, static job => job.Token);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = lease });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = worker });
        var renewed = new HashSet<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            renewed.Add(reader.GetGuid(0));
        return renewed;
    }

    /// <summary>Puts jobs whose lease has run out back into the queue, or into quarantine. Returns the queue and kind of each.</summary>
    public static async Task<List<(string Queue, string Kind)>> RescueExpiredAsync(
        NpgsqlDataSource source, int budget, int most, CancellationToken cancellationToken)
    {
        await using var command = Command(source, RescueExpired, budget, most);
        return await KindsAsync(command, cancellationToken);
    }

    /// <summary>The same for jobs that a lost worker had taken from a stream and not held long enough for a lease.</summary>
    public static async Task<List<(string Queue, string Kind)>> RescueNamedAsync(
        NpgsqlDataSource source, IReadOnlyList<LostJob> jobs, int budget, CancellationToken cancellationToken)
    {
        await using var command = Command(source, RescueNamed, budget, jobs.Count);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Id);
        command.AddArray(NpgsqlDbType.Integer, jobs, static job => job.Token);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => job.Worker);
        return await KindsAsync(command, cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlDataSource source, string sql, int budget, int most)
    {
        var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = budget });
        return command;
    }

    private static async Task<List<(string Queue, string Kind)>> KindsAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        var kinds = new List<(string Queue, string Kind)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            kinds.Add((reader.GetString(0), reader.GetString(1)));
        return kinds;
    }
}

/// <summary>A job that a worker took and never finished.</summary>
internal readonly record struct LostJob(Guid Id, int Token, string Worker);
