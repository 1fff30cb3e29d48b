using LittleService.Jobs.Storage;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>Deletes what is older than it is kept, a little at a time, so that vacuum keeps up and no lock is long.</summary>
internal sealed class Cleaner(JobDatabase database, IOptions<JobOptions> options, TimeProvider time) : Duty(time)
{
    private const int Most = 1000;

    // A schedule that skips overlapping ticks asks its ticks whether the job before has ended. One whose row does not remember a tick yet,
    // as after workers of an older release, would fire it again.
    private const string Ended =
        """
         AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.id = job_ticks.job_id AND jobs.finished_at IS NULL)
         AND NOT EXISTS (SELECT 1 FROM job_schedules
                         WHERE name = job_ticks.schedule AND (fired_until IS NULL OR fired_until < job_ticks.due_at))
        """;

    // Results of jobs are no longer written; those of earlier releases still expire here.
    private static readonly (string Table, string Time)[] Tables =
    [
        ("job_completions", "finished_at"), ("jobs", "finished_at"), ("job_results", "finished_at"), ("job_attempts", "ended_at"),
        ("job_ticks", "due_at"), ("job_rates", "window_start"),
    ];

    protected override TimeSpan Period => options.Value.CleanEvery;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var (table, column) in Tables)
        {
            var which = table == "job_ticks" ? Ended : "";
            await using var command = database.Source.CreateCommand(
                $"""
                DELETE FROM {table} WHERE ctid = ANY(ARRAY(
                  SELECT ctid FROM {table} WHERE {column} < now() - $1::interval{which}
                  ORDER BY {column} LIMIT $2 FOR UPDATE SKIP LOCKED))
                """);
            command.Parameters.Add(new() { Value = table == "jobs" ? options.Value.KeepStopped : options.Value.KeepFinished });
            command.Parameters.Add(new() { Value = Most });
            if (await command.ExecuteNonQueryAsync(cancellationToken) == Most)
                RunAgainSoon();
        }
    }
}
