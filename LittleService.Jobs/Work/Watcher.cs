using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;
using NpgsqlTypes;

namespace LittleService.Jobs.Work;

/// <summary>Measures how much waits in each queue, by kind, and for how long, for the gauges and the health check.</summary>
internal sealed class Watcher(JobDatabase database, QueueDepths depths, IOptions<JobOptions> options, TimeProvider time) : Duty(time)
{
    // Counting stops there, per stream: a gauge is not worth reading a million rows.
    private const int Most = 100_000;

    private const string Measure =
        """
        SELECT stream.queue, waiting.kind, count(*), extract(epoch FROM now() - min(waiting.run_at))::float8
        FROM unnest($1::text[], $2::smallint[]) AS stream (queue, priority) CROSS JOIN LATERAL (
          (SELECT kind, run_at FROM jobs
           WHERE state = 'available' AND queue = stream.queue AND priority = stream.priority ORDER BY run_at LIMIT $3)
          UNION ALL
          (SELECT kind, run_at FROM jobs
           WHERE state IN ('scheduled', 'retryable') AND limit_key IS NULL AND queue = stream.queue AND priority = stream.priority
             AND run_at <= now()
           ORDER BY run_at LIMIT $3)) AS waiting
        GROUP BY stream.queue, waiting.kind
        """;

    protected override TimeSpan Period => options.Value.Watch;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand(Measure);
        var streams = options.Value.Streams();
        command.AddArray(NpgsqlDbType.Text, streams, static stream => stream.Queue);
        command.AddArray(NpgsqlDbType.Smallint, streams, static stream => (short)stream.Priority);
        command.Parameters.Add(new() { Value = Most });
        var waiting = new Dictionary<(string Queue, string Kind), (long Depth, TimeSpan Age)>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            waiting[(reader.GetString(0), reader.GetString(1))] =
                (reader.GetInt64(2), TimeSpan.FromSeconds(Math.Max(0, reader.GetDouble(3))));
        depths.Set(waiting);
    }
}
