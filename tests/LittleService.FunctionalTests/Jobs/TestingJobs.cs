using LittleService.Jobs.Testing;

namespace LittleService.FunctionalTests.Jobs;

public sealed class TestingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnqueuedJobsAreSeenAndRunWithoutAWorkerOrAWait()
    {
        await using var host = JobsHost.Create(database, "unused", redis: "127.0.0.1:1");
        await host.Client.EnqueueAsync(new Note("now"), cancellationToken: Stop);
        await host.Client.EnqueueAsync(new Note("tomorrow"), new() { RunAt = DateTimeOffset.UtcNow.AddHours(20) }, Stop);

        await host.Services.AssertEnqueuedAsync<Note>(note => note.Text == "tomorrow", Stop);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.AssertEnqueuedAsync<Note>(note => note.Text == "never", Stop));

        Assert.Equal(1, await host.Services.RunDueJobsAsync(cancellationToken: Stop));
        Assert.Equal(["now"], host.Board.Notes);
        Assert.Equal(1, await host.Services.RunDueJobsAsync(DateTimeOffset.UtcNow.AddDays(1), Stop));
        Assert.Equal(["now", "tomorrow"], host.Board.Notes);
    }
}
