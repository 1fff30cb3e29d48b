using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireStandIn.Tests.Running;

public sealed class WaitingTests
{
    [Fact]
    public async Task ResourceStartsOnceWhatItWaitsForIsHealthy()
    {
        var isHealthy = false;
        await using var application = new Application();
        application.AddHealthCheck("flag", () => Volatile.Read(ref isHealthy));
        var server = application.AddShell("server", "exec sleep 1000").WithHealthCheck("flag");
        application.AddShell("client", "exec sleep 1000").WaitFor(server);
        var started = application.StartAsync();
        await application.WaitForAsync("server", s => s.HealthReports is [{ Description: "not yet" }]);
        await application.WaitForStateAsync("client", KnownResourceStates.Waiting);
        Assert.False(started.IsCompleted);

        Volatile.Write(ref isHealthy, true);

        await started;
        await application.WaitForHealthyAsync("client");
    }

    [Fact]
    public async Task ResourceStartsOnceWhatItWaitsForHasEnded()
    {
        await using var application = new Application();
        var migration = application.AddShell("migration", "exit 0");
        application.AddShell("client", "exec sleep 1000").WaitForCompletion(migration);

        await application.StartAsync();

        Assert.True(application.States.TryGetCurrentState("migration", out var migrated));
        Assert.Equal((KnownResourceStates.Finished, 0), (migrated.Snapshot.State?.Text, migrated.Snapshot.ExitCode));
    }

    [Fact]
    public async Task StartFailsWithTheLastWordsOfWhatDied()
    {
        await using var application = new Application();
        application.AddHealthCheck("never", () => false);
        var server = application.AddShell("server", "echo the disk is full >&2; exit 3").WithHealthCheck("never");
        application.AddShell("client", "exec sleep 1000").WaitFor(server);

        var fault = await Assert.ThrowsAsync<DistributedApplicationException>(application.StartAsync);

        Assert.Equal("Resource 'client' cannot start: 'server', which it waits for, ended with exit code 3. It said: the disk is full", fault.Message);
    }

    [Fact]
    public async Task WaitingForAHealthThatCannotComeFails()
    {
        await using var application = new Application();
        application.AddHealthCheck("never", () => false);
        application.AddShell("server", "exit 4").WithHealthCheck("never");
        await application.StartAsync();

        var fault = await Assert.ThrowsAsync<DistributedApplicationException>(() => application.WaitForHealthyAsync("server"));

        Assert.Equal("Resource 'server' ended with exit code 4 before it was healthy.", fault.Message);
    }

    [Fact]
    public async Task ThoseWhoHearOfAResourceAreDoneBeforeOthersStart()
    {
        var order = new List<string>();
        await using var application = new Application();
        var server = application.AddShell("server", "exec sleep 1000")
            .OnBeforeResourceStarted((_, _, _) => Add("before the server"))
            .OnResourceReady(async (_, _, cancellationToken) =>
            {
                await Task.Delay(200, cancellationToken);
                await Add("the server is ready");
            });
        var between = application.AddShell("between", "exec sleep 1000").WaitFor(server).OnResourceReady((_, _, _) => Add("between is ready"));
        application.AddShell("client", "exec sleep 1000").WaitFor(between);

        await application.StartAsync();

        Assert.Equal(["before the server", "the server is ready", "between is ready"], order);

        Task Add(string what)
        {
            lock (order) order.Add(what);
            return Task.CompletedTask;
        }
    }
}
