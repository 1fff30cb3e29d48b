using LittleService.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace LittleService.UnitTests.ServiceDefaults;

public sealed class HealthMonitorTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly List<LogLevel> levels = [];
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

    [Fact]
    public async Task WhatWasNeverHealthyIsAWarningOnlyAfterTheStart()
    {
        var result = HealthCheckResult.Unhealthy();
        var monitor = Monitor(_ => Task.FromResult(result));

        await LookAfterAsync(monitor, TimeSpan.Zero);
        await LookAfterAsync(monitor, TimeSpan.FromSeconds(29));
        Assert.Equal([LogLevel.Information], levels);

        await LookAfterAsync(monitor, TimeSpan.FromSeconds(2));
        await LookAfterAsync(monitor, TimeSpan.FromSeconds(2));
        Assert.Equal([LogLevel.Information, LogLevel.Warning], levels);
    }

    [Fact]
    public async Task WhatWasHealthyOnceIsAWarningAtOnce()
    {
        var result = HealthCheckResult.Healthy();
        var monitor = Monitor(_ => Task.FromResult(result));
        await LookAfterAsync(monitor, TimeSpan.Zero);
        Assert.Empty(levels);

        result = HealthCheckResult.Degraded();
        await LookAfterAsync(monitor, TimeSpan.FromSeconds(2));
        result = HealthCheckResult.Healthy();
        await LookAfterAsync(monitor, TimeSpan.FromSeconds(2));

        Assert.Equal([LogLevel.Warning, LogLevel.Information], levels);
    }

    private async Task LookAfterAsync(HealthMonitor monitor, TimeSpan pause)
    {
        clock.Advance(pause);
        await monitor.GetAsync(Cancelled);
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
        var services = new ServiceCollection().AddSingleton<ILogger<HealthMonitor>>(new Levels(levels)).AddSingleton<TimeProvider>(clock).AddSingleton<HealthMonitor>();
        services.AddHealthChecks().AddAsyncCheck("postgres", cancelled =>
        {
            Interlocked.Increment(ref calls);
            return check(cancelled);
        });
        return services.BuildServiceProvider().GetRequiredService<HealthMonitor>();
    }

    private sealed class Levels(List<LogLevel> levels) : ILogger<HealthMonitor>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            levels.Add(logLevel);
    }
}
