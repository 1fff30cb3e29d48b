namespace LittleService.Jobs.Storage;

/// <summary>
/// The queries of JobReader. None of them reads more rows than it shows or the limit it names: every state has its own partial indices, and
/// each statement names states, and the halves of those that two indices share, as literals so that the planner can use them.
/// </summary>
internal static class JobReaderSql
{
    // A completed job is searched for in this many batches of completions, from the time on at which it was enqueued.
    private const int MostBatches = 50_000;

    private const string Columns = "id, state, queue, kind, created_at, run_at, finished_at, attempt, worker, reason";

    private static readonly (string State, string Rows)[] Parts =
    [
        ("available", "state = 'available'"),
        ("scheduled", "state = 'scheduled' AND limit_key IS NULL"),
        ("scheduled", "state = 'scheduled' AND limit_key IS NOT NULL"),
        ("retryable", "state = 'retryable' AND limit_key IS NULL"),
        ("retryable", "state = 'retryable' AND limit_key IS NOT NULL"),
        ("running", "state = 'running'"),
        ("blocked", "state = 'blocked'"),
        ("parked", "state = 'parked'"),
        ("dead", "state = 'dead'"),
        ("quarantined", "state = 'quarantined'"),
        ("cancelled", "state = 'cancelled'"),
    ];

    public const string Find =
        $"""
        SELECT {Columns}, CASE WHEN sensitive THEN NULL ELSE payload END, sensitive, trace, progress, note, crashes, NULL::real FROM jobs
          WHERE id = $1
        """;

    public static readonly string FindCompleted =
        $"""
        SELECT each.id, 'completed', queue, kind, now(), NULL::timestamptz, finished_at, each.attempt::int, worker, NULL,
               NULL::bytea, false, NULL, NULL::real, NULL, 0::smallint, each.milliseconds
        FROM (SELECT * FROM job_completions WHERE finished_at >= $2 ORDER BY finished_at LIMIT {MostBatches}) AS batch
        CROSS JOIN LATERAL unnest(ids, attempts, milliseconds) AS each (id, attempt, milliseconds)
        WHERE $1 = ANY (ids) AND each.id = $1 LIMIT 1
        """;

    public const string Attempts =
        "SELECT ended_at, outcome, worker, milliseconds, error FROM job_attempts WHERE job_id = $1 ORDER BY token DESC LIMIT 100";

    public static readonly string Counts =
        $"""
        SELECT state, queue, kind, count(*)
        FROM ({Union(Parts, part => $"(SELECT state, queue, kind FROM jobs WHERE {part} LIMIT {JobReader.MostCounted})")}) AS few
        GROUP BY state, queue, kind ORDER BY state, queue, kind
        """;

    public const string CompletedLastMinute =
        """
        SELECT queue, kind, sum(cardinality(attempts)) FROM job_completions WHERE finished_at > now() - interval '1 minute'
        GROUP BY queue, kind ORDER BY queue, kind
        """;

    public const string PausedQueues = "SELECT queue, paused_at FROM job_queues WHERE paused_at IS NOT NULL";

    public const string Schedules =
        """
        SELECT name, definition, last.due_at, last.outcome, last.job_id, seen_at, seen_at > now() - $1::interval,
               greatest(now(), fired_until, last.due_at)
        FROM job_schedules
        LEFT JOIN LATERAL (SELECT due_at, outcome, job_id FROM job_ticks WHERE schedule = name ORDER BY due_at DESC LIMIT 1) AS last ON true
        ORDER BY name
        """;

    public static readonly string Acts =
        $"""
        SELECT id, at, actor, action, detail, jobs FROM job_audit
        WHERE id < $1 AND ($2 IS NULL OR actor = $2) AND ($3 IS NULL OR strpos(detail, $3) > 0) ORDER BY id DESC
          LIMIT {JobReader.PageSize + 1}
        """;

    /// <summary>Jobs that are not completed, newest first, after $1; one more than a page, which tells whether another follows.</summary>
    public static string List(JobSearch search)
    {
        var filter = (search.Kind is null ? "" : " AND kind >= $2 AND kind <= $2") + Queue(search)
            + (search.EndedSince is null ? "" : " AND finished_at >= $5");
        // A rare kind must be found by the index on kinds. The planner would prefer the primary key, unless that gives another order.
        var order = search.Kind is null ? "id DESC" : "kind DESC, id DESC";
        var parts = Parts.Where(part => search.States.Count == 0 || search.States.Contains(part.State));
        var rows = Union(parts,
            part => $"(SELECT {Columns} FROM jobs WHERE {part} AND id < $1{filter} ORDER BY {order} LIMIT {JobReader.PageSize + 1})");
        return $"SELECT * FROM ({rows}) AS found ORDER BY id DESC LIMIT {JobReader.PageSize + 1}";
    }

    /// <summary>
    /// Completed jobs, those that ended last first. Batches that ended at the same moment come whole, hence the bound that includes it.
    /// </summary>
    public static string ListCompleted(JobSearch search)
    {
        var filter = (search.Kind is null ? "" : " AND kind = $2") + Queue(search);
        return $"""
            SELECT each.id, 'completed', queue, kind, now(), NULL::timestamptz, finished_at, each.attempt::int, worker, NULL
            FROM (SELECT * FROM job_completions WHERE finished_at <= $4{filter} ORDER BY finished_at DESC
              LIMIT {JobReader.PageSize + 5}) AS batch
            CROSS JOIN LATERAL unnest(ids, attempts) AS each (id, attempt)
            WHERE (finished_at, each.id) < ($4, $1)
            ORDER BY finished_at DESC, each.id DESC LIMIT {JobReader.PageSize + 1}
            """;
    }

    private static string Queue(JobSearch search) => search.Queue is null ? "" : " AND queue = $3";

    private static string Union(IEnumerable<(string State, string Rows)> parts, Func<string, string> select) =>
        string.Join(" UNION ALL ", parts.Select(part => select(part.Rows)));
}
