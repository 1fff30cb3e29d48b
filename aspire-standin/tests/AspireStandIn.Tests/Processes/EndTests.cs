using System.Diagnostics;
using AspireStandIn.Tests.Running;

namespace AspireStandIn.Tests.Processes;

public sealed class EndTests
{
    private readonly string _seconds = $"{Random.Shared.Next(100_000_000, 999_999_999)}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task NothingIsLeftWhenTheAppHostReturns(string signal)
    {
        using var host = await StartAsync();

        await host.SignalAsync(signal, Cancelled);
        var (exitCode, errors) = await host.EndAsync(Cancelled);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Equal(0, HostProcess.Count(_seconds));
        Assert.Equal(0, HostProcess.Count($"--monitor\0{host.Id}\0"));
    }

    [Fact]
    public async Task NothingIsLeftAWhileAfterTheAppHostWasKilled()
    {
        using var host = await StartAsync();

        await host.SignalAsync("KILL", Cancelled);
        await host.EndAsync(Cancelled);

        await UntilAsync(() => HostProcess.Count(_seconds) + HostProcess.Count($"--monitor\0{host.Id}\0") == 0);
    }

    private async Task<HostProcess> StartAsync()
    {
        var host = new HostProcess(["sleep", $"--Seconds={_seconds}"]);
        try
        {
            await host.LineAsync("Distributed application started", Cancelled);
            // The app host itself and both resources; started means that DCP was told, a moment before they are there.
            await UntilAsync(() => HostProcess.Count(_seconds) == 3);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Application.Limit, "It did not come in time.");
            await Task.Delay(50, Cancelled);
        }
    }
}
