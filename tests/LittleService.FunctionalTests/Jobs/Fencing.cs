using LittleService.Jobs;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Work;

namespace LittleService.FunctionalTests.Jobs;

/// <summary>An attempt whose worker was lost to the others, and everything it may try to write afterwards.</summary>
public sealed class Fencing(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LostAttemptCanWriteNothingMore()
    {
        await using var host = JobsHost.Create(database, "unused", redis: "127.0.0.1:1");
        var id = await host.Client.EnqueueAsync(new Note("fenced"), cancellationToken: Stop);
        var zombie = await ClaimAsync(host);
        await database.ExecuteAsync($"UPDATE jobs SET lease_until = now() - interval '1 second' WHERE id = '{id}'");
        Assert.Equal([("default", "note")], await JobLeases.RescueExpiredAsync(host.Get<JobDatabase>().Source, budget: 3, most: 1, Stop));
        var owner = await ClaimAsync(host);
        Assert.Equal(id, owner.Id);
        var before = await RowAsync(id);

        await using var context = new HandlerContext(zombie, host.Get<JobDatabase>());
        await Assert.ThrowsAsync<JobLostException>(() => context.ReportProgressAsync(0.9, "still here", Stop));
        Assert.Empty(await JobLeases.RenewAsync(host.Get<JobDatabase>().Source, [zombie], TimeSpan.FromHours(1), "zombie", Stop));
        foreach (var outcome in (Outcome[])[Outcome.Done, Outcome.Retry, Outcome.TimedOut, Outcome.Dead, Outcome.Parked, Outcome.GivenBack])
            await EndAsync(host, Copy(zombie), outcome);
        Assert.False(await JobEnds.CompleteInTransactionAsync(zombie, await context.TransactionAsync(Stop), "zombie", Stop));

        Assert.Equal(before, await RowAsync(id));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM job_attempts WHERE job_id = $1 AND outcome <> 'worker lost'", id));
        await EndAsync(host, owner, Outcome.Done);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE id = $1", id));
    }

    private static async Task<HeldJob> ClaimAsync(JobsHost host)
    {
        StreamAge[] streams = [new("default", JobPriority.Normal, TimeSpan.Zero)];
        var jobs = await host.Get<JobClaims>().AvailableAsync(streams, 1, Stop);
        return Assert.Single(jobs.Count > 0 ? jobs : await host.Get<JobClaims>().DueAsync(streams, 1, Stop));
    }

    private static HeldJob Copy(HeldJob job) => new()
    {
        Id = job.Id,
        Token = job.Token,
        Queue = job.Queue,
        Kind = job.Kind,
        Registration = job.Registration,
        Version = job.Version,
        Payload = job.Payload,
        DueAt = job.DueAt,
        Priority = job.Priority,
        Attempts = job.Attempts,
    };

    private static async Task EndAsync(JobsHost host, HeldJob job, Outcome outcome)
    {
        using var cancellation = new CancellationTokenSource();
        Assert.True(job.TryStart(cancellation));
        job.End(new(outcome, "ended"));
        await JobEnds.WriteAsync(host.Get<JobDatabase>().Source, [job], "zombie", Stop);
    }

    private Task<string> RowAsync(Guid id) => database.ScalarAsync<string>("SELECT to_jsonb(jobs)::text FROM jobs WHERE id = $1", id);
}
