namespace LittleService.FunctionalTests.Jobs;

public sealed class AgeingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private const string Rows =
        """
        INSERT INTO job_completions (finished_at, queue, kind, worker, ids, attempts, milliseconds)
          SELECT now() - age, 'q', 'note', 'w', '{}', '{}', '{}' FROM ages;
        INSERT INTO job_results (job_id, finished_at, result) SELECT gen_random_uuid(), now() - age, '1' FROM ages;
        INSERT INTO job_attempts (job_id, token, kind, ended_at, outcome) SELECT gen_random_uuid(), 0, 'note', now() - age, 'failed' FROM ages;
        INSERT INTO job_ticks (schedule, due_at, outcome) SELECT 's', now() - age, 'missed' FROM ages;
        INSERT INTO job_rates (limit_key, window_start, used) SELECT age::text, now() - age, 1 FROM ages;
        INSERT INTO jobs (id, kind, queue, priority, version, payload, run_at, state, reason, finished_at)
          SELECT gen_random_uuid(), 'note', 'q', 1, 1, '1', now(), 'dead', 'old', now() - 10 * age FROM ages;
        """;

    private static readonly string[] Tables = ["job_completions", "job_results", "job_attempts", "job_ticks", "job_rates", "jobs"];

    [Fact]
    public async Task RowsLeaveWhenTheyAreOldAndNoneBefore()
    {
        await database.ExecuteAsync("CREATE TABLE ages AS SELECT n * interval '1 hour' AS age FROM generate_series(0, 4000) AS n");
        await database.ExecuteAsync(Rows);

        await using var host = await JobsHost.StartAsync(database, $"test-{Guid.NewGuid():N}", options: options =>
            (options.CleanEvery, options.KeepFinished, options.KeepStopped) = (TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), TimeSpan.FromDays(70)));

        // A week has 168 hours, and now is one more.
        foreach (var table in Tables)
            await Eventually.TrueAsync(async () => await database.ScalarAsync<long>($"SELECT count(*) FROM {table}") == 168, words: $"168 rows left in {table}");
    }
}
