using LittleService.Jobs.Work;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>
/// Claims jobs that have a limit, key by key: as many as the key's limit leaves and its rate allows, and of all keys of a kind as many as
/// the kind's limit leaves. What runs is counted in the rows themselves, so nothing can drift; a lock lets one worker count at a time.
/// </summary>
internal sealed class LimitedClaims(JobDatabase database, JobRegistry registry, JobClaims claims)
{
    private const string Lock = "SELECT pg_try_advisory_xact_lock(5498315023)";

    private const string Claim =
        """
        WITH RECURSIVE keys AS (
          (SELECT limit_key, kind FROM jobs WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL ORDER BY limit_key LIMIT 1)
          UNION ALL
          SELECT following.limit_key, following.kind FROM keys CROSS JOIN LATERAL (
            SELECT limit_key, kind FROM jobs
            WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL AND limit_key > keys.limit_key ORDER BY limit_key
              LIMIT 1) AS following),
        -- A kind that this worker does not know has no limit here: it is claimed, and parked as any other.
        room AS (
          SELECT keys.limit_key, keys.kind, least(
                   coalesce(kinds.most_of_kind, $1) - (SELECT count(*) FROM jobs WHERE state = 'running' AND limit_key IS NOT NULL
                     AND kind = keys.kind),
                   $1) AS free_of_kind,
                 greatest(0, least(
                   coalesce(CASE WHEN keys.limit_key <> keys.kind THEN kinds.most_of_key END, $1)
                     - (SELECT count(*) FROM jobs WHERE state = 'running' AND limit_key IS NOT NULL AND limit_key = keys.limit_key),
                   coalesce(kinds.rate, $1) - coalesce((SELECT used FROM job_rates WHERE limit_key = keys.limit_key
                     AND window_start > now() - kinds.period), 0),
                   $1)) AS free_of_key,
                 coalesce(kinds.period, interval '0') AS period
          FROM keys LEFT JOIN unnest($4::text[], $5::int[], $6::int[], $7::int[], $8::interval[]) AS kinds (kind, most_of_kind, most_of_key,
            rate, period)
               ON kinds.kind = keys.kind),
        candidates AS (
          SELECT found.*, room.limit_key, room.period, room.free_of_kind,
                 row_number() OVER (PARTITION BY room.kind ORDER BY found.priority, found.run_at, found.id) AS place
          FROM room CROSS JOIN LATERAL (
            SELECT id, priority, run_at FROM jobs
            WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL AND limit_key = room.limit_key AND run_at <= now()
              AND queue = ANY($9)
            ORDER BY priority, run_at LIMIT room.free_of_key FOR UPDATE SKIP LOCKED) AS found),
        picked AS (SELECT id, limit_key, period FROM candidates WHERE place <= free_of_kind LIMIT $1),
        counted AS (
          INSERT INTO job_rates AS rates (limit_key, window_start, used)
          SELECT limit_key, now(), count(*) FROM picked GROUP BY limit_key
          ON CONFLICT (limit_key) DO UPDATE SET
            used = excluded.used + CASE WHEN rates.window_start > now() - (SELECT min(period) FROM picked
              WHERE picked.limit_key = rates.limit_key) THEN rates.used ELSE 0 END,
            window_start = CASE WHEN rates.window_start > now() - (SELECT min(period) FROM picked WHERE picked.limit_key = rates.limit_key)
              THEN rates.window_start ELSE now() END)
        """ + JobClaims.Take;

    public async Task<List<HeldJob>> TakeAsync(
        IReadOnlyList<(string Queue, JobPriority Priority)> streams, int most, CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        if (!await AnyAsync(connection, cancellationToken))
            return [];
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(Lock, connection, transaction))
        {
            if (await command.ExecuteScalarAsync(cancellationToken) is not true)
                return [];
        }

        await using var claim = claims.Command(Claim, most);
        (claim.Connection, claim.Transaction) = (connection, transaction);
        AddLimits(claim);
        claim.Parameters.Add(new() { Value = streams.Select(stream => stream.Queue).Distinct().ToArray() });
        var jobs = await claims.ReadJobsAsync(claim, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return jobs;
    }

    private static async Task<bool> AnyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var any = new NpgsqlCommand(
            "SELECT EXISTS (SELECT 1 FROM jobs WHERE state IN ('scheduled', 'retryable') AND limit_key IS NOT NULL)", connection);
        return await any.ExecuteScalarAsync(cancellationToken) is true;
    }

    private void AddLimits(NpgsqlCommand command)
    {
        command.AddArray(NpgsqlDbType.Text, registry.All, static kind => kind.Kind);
        command.AddArray(NpgsqlDbType.Integer, registry.All, static kind => kind.Policy.MaxRunning ?? int.MaxValue);
        command.AddArray(NpgsqlDbType.Integer, registry.All, static kind => kind.Policy.MaxRunningPerKey ?? int.MaxValue);
        command.AddArray(NpgsqlDbType.Integer, registry.All, static kind => kind.Policy.Rate ?? int.MaxValue);
        command.AddArray(NpgsqlDbType.Interval, registry.All, static kind => kind.Policy.RatePeriod);
    }
}
