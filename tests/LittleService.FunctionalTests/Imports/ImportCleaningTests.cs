namespace LittleService.FunctionalTests.Imports;

public sealed class ImportCleaningTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task ScheduleDeletesWhatEndedLongAgoAndUploadsThatBrokeOff()
    {
        await AddAsync("kept: ended 29 days ago", "completed", "40 days", "29 days");
        await AddAsync("kept: uploading for 23 hours", "uploading", "23 hours");
        await AddAsync("kept: waiting for 40 days", "waiting", "40 days");
        await AddAsync("ended 31 days ago", "failed", "40 days", "31 days");
        await AddAsync("uploading for 25 hours", "uploading", "25 hours");
        _ = service.Worker;
        await Eventually.SeeAsync(() => service.ScalarAsync<long>("select count(*) from job_schedules where name = 'clean_imports'"), count => count == 1);

        // Within two hours it is due.
        await service.ExecuteAsync("update job_schedules set since = now() - interval '2 hours' where name = 'clean_imports'");

        await Eventually.SeeAsync(
            () => service.ScalarAsync<string>("select string_agg(who, '; ' order by who) from imports"),
            left => left == "kept: ended 29 days ago; kept: uploading for 23 hours; kept: waiting for 40 days");
        Assert.Equal(3, await service.ScalarAsync<long>("select count(*) from import_chunks"));
    }

    private Task AddAsync(string who, string state, string begunAgo, string endedAgo = "") => service.ExecuteAsync(
        $"""
        with added as (
          insert into imports (id, owner, who, mode, state, created_at, finished_at)
          values (gen_random_uuid(), gen_random_uuid(), '{who}', 'row-by-row', '{state}', now() - interval '{begunAgo}', now() - nullif('{endedAgo}', '')::interval)
          returning id)
        insert into import_chunks select id, 0, '' from added
        """);
}
