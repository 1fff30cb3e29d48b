using LittleService.Jobs.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Jobs;

public sealed class TestingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnqueuedJobsAreSeenAndRunWithoutAWorkerOrAWait()
    {
        var clock = new JobClock();
        await using var host = JobsHost.Create(database, "unused", redis: "127.0.0.1:1", services: services => services.AddSingleton<TimeProvider>(clock));
        await host.Client.EnqueueAsync(new Note("now"), cancellationToken: Stop);
        await host.Client.EnqueueAsync(new Note("tomorrow"), new() { RunAt = clock.GetUtcNow().AddHours(20) }, Stop);

        await host.Services.AssertEnqueuedAsync<Note>(note => note.Text == "tomorrow", Stop);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.AssertEnqueuedAsync<Note>(note => note.Text == "never", Stop));

        Assert.Equal(1, await host.Services.RunDueJobsAsync(Stop));
        Assert.Equal(["now"], host.Board.Notes);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await host.Services.RunDueJobsAsync(Stop));
        Assert.Equal(["now", "tomorrow"], host.Board.Notes);
    }

    [Fact]
    public async Task RetriesAreDueAtTheirTimes()
    {
        var clock = new JobClock();
        await using var host = JobsHost.Create(database, "unused", redis: "127.0.0.1:1", services: services => services.AddSingleton<TimeProvider>(clock));
        await host.Client.EnqueueAsync(new Unlucky("retried"), cancellationToken: Stop);
        var attempts = new List<int>();

        foreach (var minutes in (double[])[0, 50, 30, 120, 120])
        {
            clock.Advance(TimeSpan.FromMinutes(minutes));
            attempts.Add(await host.Services.RunDueJobsAsync(Stop));
        }

        // After an hour, then after four: each up to a fifth longer.
        Assert.Equal([1, 0, 1, 0, 1], attempts);
        await database.ExecuteAsync("DELETE FROM jobs");
    }
}
