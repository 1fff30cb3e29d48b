using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace AspireStandIn.Tests.Running;

public sealed class CommandTests
{
    [Fact]
    public async Task ResourceStopsAndStartsUnderTheSameName()
    {
        await using var application = new Application();
        application.AddShell("server", "echo \"round $$\"; exec sleep 1000");
        await application.StartAsync();
        var before = await application.WaitForAsync("server", s => s.State?.Text == KnownResourceStates.Running);

        await application.CommandAsync("server", KnownResourceCommands.StopCommand);
        await application.WaitForAsync("server", s => KnownResourceStates.TerminalStates.Contains(s.State?.Text));
        await application.CommandAsync("server", KnownResourceCommands.StartCommand);
        var after = await application.WaitForAsync("server", s => s.State?.Text == KnownResourceStates.Running);

        Assert.Equal(before.ResourceId, after.ResourceId);
        Assert.NotEqual(Application.Property(before.Snapshot, "executable.pid"), Application.Property(after.Snapshot, "executable.pid"));
    }

    [Fact]
    public async Task LogGoesOnThroughARestart()
    {
        await using var application = new Application();
        application.AddShell("server", "echo \"round $$\"; exec sleep 1000");
        await application.StartAsync();
        var first = await application.WaitForAsync("server", s => s.State?.Text == KnownResourceStates.Running);
        var pid = Application.Property(first.Snapshot, "executable.pid");
        Assert.Equal($"round {pid}", await application.LogLineAsync("server", "round"));
        var reading = application.LogLineAsync("server", "round", line => !line.EndsWith($" {pid}", StringComparison.Ordinal));

        await application.CommandAsync("server", KnownResourceCommands.RestartCommand);

        Assert.NotEqual($"round {pid}", await reading);
    }

    [Fact]
    public async Task CommandsAreOfferedAsTheStateAllows()
    {
        await using var application = new Application();
        application.AddShell("server", "exec sleep 1000");
        await application.StartAsync();
        var running = await application.WaitForAsync("server", s => s.State?.Text == KnownResourceStates.Running);
        Assert.Equal(["stop", "restart"], Offered(running));

        await application.CommandAsync("server", KnownResourceCommands.StopCommand);
        var stopped = await application.WaitForAsync("server", s => KnownResourceStates.TerminalStates.Contains(s.State?.Text));

        Assert.Equal(["start"], Offered(stopped));

        static IEnumerable<string> Offered(ResourceEvent e) =>
            e.Snapshot.Commands.Where(c => c.State == ResourceCommandState.Enabled).Select(c => c.Name);
    }

    [Fact]
    public async Task OwnCommandRunsAndItsFaultIsItsResult()
    {
        await using var application = new Application();
        application.AddShell("server", "exec sleep 1000")
            .WithCommand("greet", "Greet", context => Task.FromResult(CommandResults.Success($"hello {context.ResourceName}")))
            .WithCommand("fail", "Fail", _ => throw new InvalidOperationException("no"));
        await application.StartAsync();
        var cancellationToken = TestContext.Current.CancellationToken;

        var greeted = await application.App.ResourceCommands.ExecuteCommandAsync("server", "greet", cancellationToken);
        var failed = await application.App.ResourceCommands.ExecuteCommandAsync("server", "fail", cancellationToken);
        var unknown = await application.App.ResourceCommands.ExecuteCommandAsync("server", "sing", cancellationToken);

        Assert.StartsWith("hello server-", greeted.Message, StringComparison.Ordinal);
        Assert.Equal((false, "no"), (failed.Success, failed.Message));
        Assert.Equal("Resource 'server' has no command 'sing'.", unknown.Message);
    }
}
