using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace AspireStandIn.Tests.Running;

public sealed class ReplicaTests
{
    [Fact]
    public async Task AllReplicasAnswerBehindOneAddressOnceHealthy()
    {
        await using var application = new Application();
        application.AddServer("server").WithReplicas(3).WithHttpHealthCheck("/");
        await application.StartAsync();
        await application.WaitForHealthyAsync("server");

        using var client = application.App.CreateHttpClient("server");
        client.DefaultRequestHeaders.ConnectionClose = true;
        var seen = new HashSet<string>();
        for (var request = 0; request < 200 && seen.Count < 3; request++)
            seen.Add(await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public async Task OneReplicaIsRestartedByItsOwnName()
    {
        await using var application = new Application();
        application.AddServer("server").WithReplicas(2).WithHttpHealthCheck("/");
        await application.StartAsync();
        await application.WaitForHealthyAsync("server");
        Assert.True(application.Builder.Resources.TryGetByName("server", out var server));
        var (first, second) = (server.InstanceIds()[0], server.InstanceIds()[1]);
        var (firstPid, secondPid) = (Pid(first), Pid(second));

        await application.CommandAsync(first, KnownResourceCommands.RestartCommand);
        await application.WaitForAsync(first, s => s is { State.Text: "Running", HealthStatus: not null } && !Equals(Application.Property(s, "executable.pid"), firstPid));

        Assert.Equal(secondPid, Pid(second));

        object? Pid(string id) => application.States.TryGetCurrentState(id, out var e) ? Application.Property(e.Snapshot, "executable.pid") : null;
    }

    [Fact]
    public async Task TwoApplicationsWithTheSamePortsRunAtOnce()
    {
        await using var one = new Application();
        await using var other = new Application();
        foreach (var application in (Application[])[one, other])
            application.AddServer("server").WithHttpHealthCheck("/").WithEndpoint("http", endpoint => endpoint.Port = 5999);

        await Task.WhenAll(one.StartAsync(), other.StartAsync());
        await Task.WhenAll(one.WaitForHealthyAsync("server"), other.WaitForHealthyAsync("server"));

        Assert.NotEqual(one.App.GetEndpoint("server"), other.App.GetEndpoint("server"));
    }
}
