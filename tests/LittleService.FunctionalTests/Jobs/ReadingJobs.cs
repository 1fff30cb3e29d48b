using LittleService.Jobs;

namespace LittleService.FunctionalTests.Jobs;

public sealed class ReadingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private const string Columns = "insert into jobs (id, run_at, finished_at, lease_until, awaits, priority, version, state, queue, kind, payload, limit_key, reason)";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("scheduled")]
    [InlineData("dead")]
    [InlineData("running")]
    [InlineData("completed")]
    [InlineData(null)]
    public async Task PagesOfAListHoldEachJobOnce(string? state)
    {
        var kind = $"paged-{state ?? "any"}";
        await AddAsync(kind, "paged", 70);
        await using var host = JobsHost.Create(database, $"test-{Guid.NewGuid():N}", worker: false);
        var search = new JobSearch { Kind = kind, Queue = "paged", States = state is null ? [] : [state] };

        var seen = new List<JobSummary>();
        for (var more = true; more;)
        {
            var last = seen.LastOrDefault();
            (var page, more) = await host.Reader.ListAsync(search with { After = last?.Id, AfterEnd = last?.EndedAt }, Stop);
            Assert.InRange(page.Count, 1, JobReader.PageSize);
            seen.AddRange(page);
        }

        Assert.Equal(state is null ? 9 * 70 : 70, seen.Count);
        Assert.Equal(seen.Count, seen.Select(job => job.Id).Distinct().Count());
        Assert.All(seen, job => Assert.True(job.Kind == kind && (state is null || job.State == state)));
    }

    [Fact]
    public async Task JobIsFoundAfterItHasCompleted()
    {
        await using var host = await JobsHost.StartAsync(database, $"test-{Guid.NewGuid():N}");
        var id = await host.Client.EnqueueAsync(new Note("found later"), cancellationToken: Stop);

        await Eventually.TrueAsync(async () => (await host.Reader.FindAsync(id, Stop))?.Job is { State: "completed", Kind: "note", Attempt: 1 });

        Assert.Null(await host.Reader.FindAsync(Guid.CreateVersion7(), Stop));
        Assert.Contains(await host.Reader.CountCompletedAsync(Stop), count => count.Kind == Note.Kind);
    }

    [Fact]
    public async Task JobsAreCountedByStateQueueAndKind()
    {
        await AddAsync("counted", "counting", 3);
        await using var host = JobsHost.Create(database, $"test-{Guid.NewGuid():N}", worker: false);

        var counts = (await host.Reader.CountAsync(Stop)).Where(count => count.Kind == "counted").ToList();

        Assert.Equal(JobReader.States.Count - 1, counts.Count);
        Assert.All(counts, count => Assert.Equal(("counting", 3), (count.Queue, count.Jobs)));
    }

    [Fact]
    public async Task ScheduleTellsItsLastAndItsNextTime()
    {
        await database.ExecuteAsync("insert into job_schedules values ('leap', '30 4 29 2 * Europe/Berlin', now()), ('often', '* * * * * UTC', now())");
        await database.ExecuteAsync("insert into job_ticks (schedule, due_at, outcome) values ('often', '2026-01-01 10:00Z', 'enqueued'), ('often', '2026-01-01 10:01Z', 'missed')");
        await using var host = JobsHost.Create(database, $"test-{Guid.NewGuid():N}", worker: false);

        var schedules = (await host.Reader.SchedulesAsync(Stop)).ToDictionary(schedule => schedule.Name);

        Assert.Equal((2, 29, 3, 30), schedules["leap"].Next is { } leap ? (leap.UtcDateTime.Month, leap.UtcDateTime.Day, leap.UtcDateTime.Hour, leap.UtcDateTime.Minute) : default);
        Assert.Equal((new DateTime(2026, 1, 1, 10, 1, 0, DateTimeKind.Utc), "missed"), (schedules["often"].Last, schedules["often"].Outcome));
        Assert.InRange(schedules["often"].Next!.Value, DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow.AddMinutes(2));
    }

    // So many jobs in each state; of the scheduled ones every other is limited.
    private async Task AddAsync(string kind, string queue, int jobs)
    {
        var ids = string.Join(",", Enumerable.Range(0, jobs).Select(_ => $"'{Guid.CreateVersion7()}'::uuid"));
        foreach (var state in JobReader.States.Where(state => state != "completed"))
        {
            var (ended, running, blocked) = (state is "dead" or "quarantined" or "cancelled", state == "running", state == "blocked");
            await database.ExecuteAsync(
                $"""
                {Columns}
                select gen_random_uuid(), now() + interval '1 day', {(ended ? "now()" : "null")}, {(running ? "now() + interval '1 day'" : "null")}, {(blocked ? "gen_random_uuid()" : "null")},
                  1, 1, '{state}', '{queue}', '{kind}', '', case when '{state}' = 'scheduled' and n % 2 = 0 then 'limit' end, 'some'
                from generate_series(1, {jobs}) n
                """);
        }

        await database.ExecuteAsync(
            $"""
            insert into job_completions (queue, kind, worker, ids, attempts, milliseconds)
            select '{queue}', '{kind}', 'worker', array_agg(id), array_agg(1::smallint), array_agg(1::real)
            from (select id, row_number() over () as n from unnest(array[{ids}]) id) numbered group by n / 4
            """);
    }
}
