using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>Stores new jobs, many in one statement.</summary>
internal static class JobInserts
{
    private const string Insert =
        """
        INSERT INTO jobs (id, kind, queue, priority, version, payload, trace, sensitive, unique_key, limit_key, batch_id, awaits, state,
          run_at)
        SELECT id, kind, queue, priority, version, payload, trace, sensitive, unique_key, limit_key, batch_id, awaits,
               CASE WHEN awaits IS NOT NULL THEN 'blocked'
                    WHEN limit_key IS NOT NULL OR run_at > clock_timestamp() THEN 'scheduled'
                    ELSE 'available' END,
               coalesce(run_at, clock_timestamp())
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::bytea[], $7::text[], $8::boolean[],
                    $9::text[], $10::text[], $11::uuid[], $12::uuid[], $13::timestamptz[])
             AS new (id, kind, queue, priority, version, payload, trace, sensitive, unique_key, limit_key, batch_id, awaits, run_at)
        """;

    // Keys are always locked in the same order, so that two transactions with the same keys cannot deadlock.
    private const string InsertUnlessTaken =
        Insert
            + " ORDER BY unique_key ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND finished_at IS NULL DO NOTHING RETURNING id";

    private const string Taken = "SELECT unique_key, id FROM jobs WHERE unique_key = ANY($1) AND finished_at IS NULL";

    /// <summary>Stores the jobs with one statement, and notes in each what became of it.</summary>
    public static async Task StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        if (jobs.Any(job => job.UniqueKey is not null))
        {
            await StoreKeyedAsync(connection, transaction, jobs, cancellationToken);
        }
        else
        {
            await using var command = Command(Insert, connection, transaction, jobs);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var job in jobs)
            job.Sent = job.StoredId == job.Id && job.RunAt is null && job.LimitKey is null && job.Awaits is null;
    }

    // The holder of a key may finish between the two statements; then the key is free again and the job is stored.
    private static async Task StoreKeyedAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        var waiting = jobs.ToDictionary(job => job.Id);
        while (waiting.Count > 0)
        {
            await using (var insert = Command(InsertUnlessTaken, connection, transaction, [.. waiting.Values]))
            await using (var stored = await insert.ExecuteReaderAsync(cancellationToken))
            {
                while (await stored.ReadAsync(cancellationToken))
                    waiting.Remove(stored.GetGuid(0));
            }

            if (waiting.Count == 0)
                return;
            var owners = await OwnersAsync(connection, transaction, waiting.Values, cancellationToken);
            foreach (var job in waiting.Values.Where(job => owners.ContainsKey(job.UniqueKey!)).ToList())
            {
                job.StoredId = owners[job.UniqueKey!];
                waiting.Remove(job.Id);
            }
        }
    }

    private static async Task<Dictionary<string, Guid>> OwnersAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IEnumerable<NewJob> jobs, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<string, Guid>();
        await using var query = new NpgsqlCommand(Taken, connection, transaction);
        query.Parameters.Add(new() { Value = jobs.Select(job => job.UniqueKey).ToArray() });
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            owners[reader.GetString(0)] = reader.GetGuid(1);
        return owners;
    }

    private static NpgsqlCommand Command(
        string sql, NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<NewJob> jobs)
    {
        var command = new NpgsqlCommand(sql, connection, transaction);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Id);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => job.Kind);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => job.Queue);
        command.AddArray(NpgsqlDbType.Smallint, jobs, static job => (short)job.Priority);
        command.AddArray(NpgsqlDbType.Smallint, jobs, static job => job.Version);
        command.AddArray(NpgsqlDbType.Bytea, jobs, static job => job.Payload);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => job.Trace);
        command.AddArray(NpgsqlDbType.Boolean, jobs, static job => job.Sensitive);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => job.UniqueKey);
        command.AddArray(NpgsqlDbType.Text, jobs, static job => job.LimitKey);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Batch);
        command.AddArray(NpgsqlDbType.Uuid, jobs, static job => job.Awaits);
        command.AddArray(NpgsqlDbType.TimestampTz, jobs, static job => job.RunAt?.UtcDateTime);
        return command;
    }
}
