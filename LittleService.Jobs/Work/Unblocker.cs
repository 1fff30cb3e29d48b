using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// Makes blocked jobs available: the last job of a batch that has ended, and parked jobs that this worker can run.
/// </summary>
internal sealed class Unblocker(JobDatabase database, JobRegistry registry, IOptions<JobOptions> options, TimeProvider time) : Duty(time)
{
    // Counting would need a hot row per batch; checking costs one probe of a small index.
    private const string EndBatches =
        """
        UPDATE jobs SET state = 'scheduled', run_at = now()
        WHERE state = 'blocked' AND NOT EXISTS (SELECT 1 FROM jobs AS member WHERE member.batch_id = jobs.awaits
          AND member.finished_at IS NULL)
        """;

    private const string Unpark =
        """
        UPDATE jobs SET state = 'scheduled', token = token + 1, run_at = now(), reason = NULL
        FROM unnest($1::text[], $2::smallint[]) AS known (kind, version)
        WHERE state = 'parked' AND jobs.kind = known.kind AND jobs.version <= known.version AND reason IN ('unknown kind', 'newer version')
        """;

    protected override TimeSpan Period => options.Value.Poll * 2;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var batches = database.Source.CreateCommand(EndBatches);
        await batches.ExecuteNonQueryAsync(cancellationToken);
        await using var parked = database.Source.CreateCommand(Unpark);
        parked.Parameters.Add(new() { Value = registry.All.Select(kind => kind.Kind).ToArray() });
        parked.Parameters.Add(new() { Value = registry.All.Select(kind => kind.Policy.Version).ToArray() });
        await parked.ExecuteNonQueryAsync(cancellationToken);
    }
}
