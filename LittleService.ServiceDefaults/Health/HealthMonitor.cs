using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Runs the health checks at most once a second however many ask, so that a storm of probes is not a storm on the database, and remembers
/// since when each dependency has been as it is. A check that hangs is reported after 0.9 s and not started again before it has ended.
/// </summary>
public sealed partial class HealthMonitor(
    IServiceScopeFactory scopes, IOptions<HealthCheckServiceOptions> options, TimeProvider clock, ILogger<HealthMonitor> logger)
{
    internal static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    internal static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(900);

    // A dependency that was never healthy is not logged as a warning for this long: servers start, and migrations run, beside this process.
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(30);

    private readonly long _created = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, DependencyHealth> _last = new();
    private readonly ConcurrentDictionary<string, bool> _seenHealthy = new();
    private readonly ConcurrentDictionary<string, (HealthStatus Status, LogLevel Level)> _logged = new();
    private readonly ConcurrentDictionary<string, Task<HealthCheckResult>> _running = new();
    private Task<DependencyHealth[]>? _round;
    private long _roundStarted;

    /// <summary>How all dependencies are, at most a second ago.</summary>
    public Task<DependencyHealth[]> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_round is null || (_round.IsCompleted && clock.GetElapsedTime(_roundStarted) >= Freshness))
                _round = StartRound();
            return _round.WaitAsync(cancellationToken);
        }
    }

    // A round is shared: neither the cancellation nor the trace of one request may flow into it.
    private Task<DependencyHealth[]> StartRound()
    {
        _roundStarted = clock.GetTimestamp();
        using var separate = ExecutionContext.SuppressFlow();
        return Task.Run(() =>
        {
            using var untraced = SuppressInstrumentationScope.Begin();
            return Task.WhenAll(options.Value.Registrations.Select(ObserveAsync));
        });
    }

    private async Task<DependencyHealth> ObserveAsync(HealthCheckRegistration check)
    {
        var started = clock.GetTimestamp();
        var result = await ResultAsync(check);
        var latency = Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 1);
        var before = _last.GetValueOrDefault(check.Name);
        var since = before?.Status == result.Status ? before.Since : clock.GetUtcNow();
        LogNews(check.Name, result);
        var ready = check.Tags.Contains(HealthTags.Ready);
        return _last[check.Name] = new(check.Name, result.Status, result.Description, latency, since, ready);
    }

    private void LogNews(string name, HealthCheckResult result)
    {
        var healthy = result.Status == HealthStatus.Healthy;
        if (healthy)
            _seenHealthy.TryAdd(name, true);
        var starting = !_seenHealthy.ContainsKey(name) && clock.GetElapsedTime(_created) < StartUp;
        var news = (result.Status, Level: healthy || starting ? LogLevel.Information : LogLevel.Warning);
        if (_logged.GetValueOrDefault(name, (HealthStatus.Healthy, LogLevel.Information)) == news)
            return;
        _logged[name] = news;
        LogChange(news.Level, result.Exception, name, result.Status, result.Description);
    }

    private async Task<HealthCheckResult> ResultAsync(HealthCheckRegistration check)
    {
        var limit = check.Timeout > TimeSpan.Zero && check.Timeout < Timeout ? check.Timeout : Timeout;
        if (!_running.TryGetValue(check.Name, out var run) || run.IsCompleted)
            run = _running[check.Name] = RunAsync(check, limit);
        try
        {
            return await run.WaitAsync(limit, clock);
        }
        catch (Exception exception)
        {
            var late = exception is TimeoutException or OperationCanceledException;
            var description = late ? $"no answer within {limit.TotalMilliseconds:0} ms" : "failed";
            return new HealthCheckResult(check.FailureStatus, description, exception);
        }
    }

    private async Task<HealthCheckResult> RunAsync(HealthCheckRegistration check, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit, clock);
        await using var scope = scopes.CreateAsyncScope();
        return await check.Factory(scope.ServiceProvider).CheckHealthAsync(new HealthCheckContext { Registration = check }, timeout.Token);
    }

    [LoggerMessage(Message = "{Dependency} is {Status}: {Description}")]
    private partial void LogChange(LogLevel level, Exception? exception, string dependency, HealthStatus status, string? description);
}
