namespace LittleService.Jobs.Storage;

/// <summary>What an operator does to jobs. Each leaves a row in <c>job_audit</c> in the same statement.</summary>
internal static class JobAdminSql
{
    // Incrementing the token cancels a running job: its worker can write nothing more about it, and learns so at its next heartbeat.
    public const string Cancel =
        """
        WITH cancelled AS (
          UPDATE jobs SET state = 'cancelled', token = token + 1, finished_at = now(), lease_until = NULL, reason = 'cancelled by ' || $2
          WHERE id = $1 AND finished_at IS NULL RETURNING id)
        INSERT INTO job_audit (actor, action, detail, jobs) SELECT $2, 'cancel', id::text, 1 FROM cancelled
        """;

    public const string Pause =
        """
        WITH paused AS (
          INSERT INTO job_queues (queue, paused_at) VALUES ($1, now()) ON CONFLICT (queue) DO UPDATE SET paused_at = now() RETURNING queue)
        INSERT INTO job_audit (actor, action, detail, jobs) SELECT $2, 'pause', queue, 0 FROM paused
        """;

    public const string Resume =
        """
        WITH resumed AS (UPDATE job_queues SET paused_at = NULL WHERE queue = $1 AND paused_at IS NOT NULL RETURNING queue)
        INSERT INTO job_audit (actor, action, detail, jobs) SELECT $2, 'resume', queue, 0 FROM resumed
        """;

    public const string RunSchedule = "INSERT INTO job_audit (actor, action, detail, jobs) VALUES ($1, 'run-schedule', $2, 1)";

    private const string Matching =
        """
        FROM jobs WHERE state IN ('dead', 'quarantined', 'cancelled', 'parked') AND state = ANY($1)
          AND ($2::uuid IS NULL OR id = $2) AND ($3::text IS NULL OR kind = $3) AND ($4::timestamptz IS NULL OR finished_at >= $4)
        """;

    public const string CountReplayable = $"SELECT count(*) FROM (SELECT 1 {Matching} LIMIT $5) AS few";

    public const string Replay =
        $"""
        WITH picked AS (SELECT id {Matching} ORDER BY finished_at, id LIMIT $5),
        replayed AS (
          UPDATE jobs SET state = 'scheduled', token = token + 1, attempt = 0, crashes = 0, finished_at = NULL, reason = NULL,
            run_at = now()
          FROM picked WHERE jobs.id = picked.id RETURNING jobs.id),
        counted AS (SELECT count(*) AS jobs FROM replayed),
        noted AS (INSERT INTO job_audit (actor, action, detail, jobs) SELECT $6, 'replay', $7, jobs FROM counted)
        SELECT jobs FROM counted
        """;
}
