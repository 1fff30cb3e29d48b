using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace LittleService.Jobs.Work;

/// <summary>Measures how much waits in each queue and for how long, for the gauges and the health check.</summary>
internal sealed class Watcher(JobDatabase database, QueueDepths depths, IOptions<JobOptions> options, TimeProvider time) : Duty(time)
{
    // Counting stops there: the number is to be looked at, and a million rows need not be read for it.
    private const int Most = 100_000;

    private const string Measure =
        """
        SELECT queue.name,
          (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state = 'available' AND jobs.queue = queue.name LIMIT $2) AS waiting)
          + (SELECT count(*) FROM (SELECT 1 FROM jobs WHERE state IN ('scheduled', 'retryable') AND limit_key IS NULL AND jobs.queue = queue.name
                                   AND priority BETWEEN 0 AND 2 AND run_at <= now() LIMIT $2) AS waiting),
          extract(epoch FROM now() - least(
            (SELECT min(first.run_at) FROM generate_series(0, 2) AS level CROSS JOIN LATERAL (
               SELECT run_at FROM jobs WHERE state = 'available' AND jobs.queue = queue.name AND priority = level ORDER BY run_at LIMIT 1) AS first),
            (SELECT min(first.run_at) FROM generate_series(0, 2) AS level CROSS JOIN LATERAL (
               SELECT run_at FROM jobs WHERE state IN ('scheduled', 'retryable') AND limit_key IS NULL AND jobs.queue = queue.name
               AND priority = level ORDER BY run_at LIMIT 1) AS first)))::float8
        FROM unnest($1::text[]) AS queue (name)
        """;

    protected override TimeSpan Period => options.Value.Watch;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(Measure);
        command.AddArray(NpgsqlDbType.Text, [.. options.Value.Streams().Select(stream => stream.Queue).Distinct()], static queue => queue);
        command.Parameters.Add(new() { Value = Most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            depths.Set(reader.GetString(0), reader.GetInt64(1), TimeSpan.FromSeconds(reader.IsDBNull(2) ? 0 : Math.Max(0, reader.GetDouble(2))));
    }
}
