using LittleService.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class HealthMonitorTests
{
    private readonly FakeTimeProvider clock = new();
    private int calls;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AStormOfProbesIsOneCheck()
    {
        var monitor = Monitor(_ => Task.FromResult(HealthCheckResult.Healthy()));

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => monitor.GetAsync(Cancelled)));
        Assert.Equal(1, calls);

        clock.Advance(HealthMonitor.Freshness - TimeSpan.FromMilliseconds(1));
        await monitor.GetAsync(Cancelled);
        Assert.Equal(1, calls);

        clock.Advance(TimeSpan.FromMilliseconds(1));
        await monitor.GetAsync(Cancelled);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task ACheckThatHangsIsUnhealthyInTimeAndNotStartedTwice()
    {
        var hang = new TaskCompletionSource<HealthCheckResult>();
        var monitor = Monitor(_ => hang.Task);

        for (var round = 0; round < 2; round++)
        {
            var health = Assert.Single(await ElapseAsync(monitor.GetAsync(Cancelled)));
            Assert.Equal((HealthStatus.Unhealthy, "no answer within 900 ms"), (health.Status, health.Description));
            clock.Advance(HealthMonitor.Freshness);
        }

        Assert.Equal(1, calls);
        hang.SetResult(HealthCheckResult.Healthy());
        Assert.Equal(HealthStatus.Healthy, Assert.Single(await ElapseAsync(monitor.GetAsync(Cancelled))).Status);
    }

    [Fact]
    public async Task SinceIsWhenTheStatusChanged()
    {
        var result = HealthCheckResult.Healthy();
        var monitor = Monitor(_ => Task.FromResult(result));
        var started = clock.GetUtcNow();
        Assert.Equal(started, Assert.Single(await monitor.GetAsync(Cancelled)).Since);

        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(started, Assert.Single(await monitor.GetAsync(Cancelled)).Since);

        result = HealthCheckResult.Unhealthy();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(started.AddMinutes(2), Assert.Single(await monitor.GetAsync(Cancelled)).Since);
    }

    // The monitor arms its timers on a thread of the pool, so time is moved until one of them fires.
    private async Task<DependencyHealth[]> ElapseAsync(Task<DependencyHealth[]> answer)
    {
        while (!answer.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.WhenAny(answer, Task.Delay(5, Cancelled));
        }

        return await answer;
    }

    private HealthMonitor Monitor(Func<CancellationToken, Task<HealthCheckResult>> check)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(clock).AddSingleton<HealthMonitor>();
        services.AddHealthChecks().AddAsyncCheck("postgres", cancelled =>
        {
            Interlocked.Increment(ref calls);
            return check(cancelled);
        });
        return services.BuildServiceProvider().GetRequiredService<HealthMonitor>();
    }
}
