using Npgsql;
using NpgsqlTypes;

namespace LittleService.Jobs.Storage;

/// <summary>Stores new jobs, many in one statement.</summary>
internal static class JobInserts
{
    private const string Insert =
        """
        INSERT INTO jobs (id, kind, queue, priority, version, payload, trace, sensitive, unique_key, limit_key, batch_id, awaits, state, run_at)
        SELECT id, kind, queue, priority, version, payload, trace, sensitive, unique_key, limit_key, batch_id, awaits,
               CASE WHEN awaits IS NOT NULL THEN 'blocked'
                    WHEN limit_key IS NOT NULL OR run_at > clock_timestamp() THEN 'scheduled'
                    ELSE 'available' END,
               coalesce(run_at, clock_timestamp())
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::smallint[], $5::smallint[], $6::bytea[], $7::text[], $8::boolean[],
                    $9::text[], $10::text[], $11::uuid[], $12::uuid[], $13::timestamptz[])
             AS new (id, kind, queue, priority, version, payload, trace, sensitive, unique_key, limit_key, batch_id, awaits, run_at)
        """;

    private const string InsertUnlessTaken =
        Insert + " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND finished_at IS NULL DO NOTHING RETURNING id";

    private const string Taken = "SELECT unique_key, id FROM jobs WHERE unique_key = ANY($1) AND finished_at IS NULL";

    /// <summary>Stores the jobs with one statement, and notes in each what became of it.</summary>
    public static async Task StoreAsync(
        NpgsqlConnection connection, NpgsqlTransaction? transaction, IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        var keyed = jobs.Any(job => job.UniqueKey is not null);
        await using var command = new NpgsqlCommand(keyed ? InsertUnlessTaken : Insert, connection, transaction);
        AddColumns(command, jobs);
        if (keyed)
            await StoreKeyedAsync(command, jobs, cancellationToken);
        else
            await command.ExecuteNonQueryAsync(cancellationToken);
        foreach (var job in jobs)
            job.Sent = job.StoredId == job.Id && job.RunAt is null && job.LimitKey is null && job.Awaits is null;
    }

    private static async Task StoreKeyedAsync(NpgsqlCommand insert, IReadOnlyList<NewJob> jobs, CancellationToken cancellationToken)
    {
        var waiting = jobs.ToDictionary(job => job.Id);
        await using (var reader = await insert.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
                waiting.Remove(reader.GetGuid(0));
        }

        // Whoever holds a key may finish between the two statements; then the key is free again and its job is stored after all.
        while (waiting.Count > 0)
        {
            var owners = await OwnersAsync(insert, waiting.Values, cancellationToken);
            foreach (var job in waiting.Values.ToList())
            {
                if (!owners.TryGetValue(job.UniqueKey!, out var owner))
                    continue;
                job.StoredId = owner;
                waiting.Remove(job.Id);
            }

            if (waiting.Count > 0)
            {
                await using var again = new NpgsqlCommand(InsertUnlessTaken, insert.Connection, insert.Transaction);
                AddColumns(again, [.. waiting.Values]);
                await using var reader = await again.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    waiting.Remove(reader.GetGuid(0));
            }
        }
    }

    private static async Task<Dictionary<string, Guid>> OwnersAsync(NpgsqlCommand insert, IEnumerable<NewJob> jobs, CancellationToken cancellationToken)
    {
        var owners = new Dictionary<string, Guid>();
        await using var query = new NpgsqlCommand(Taken, insert.Connection, insert.Transaction);
        query.Parameters.Add(new() { Value = jobs.Select(job => job.UniqueKey).ToArray() });
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            owners[reader.GetString(0)] = reader.GetGuid(1);
        return owners;
    }

    private static void AddColumns(NpgsqlCommand command, IReadOnlyList<NewJob> jobs)
    {
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
    }
}
