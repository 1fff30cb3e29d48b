using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Dcp;

/// <summary>Runs the health checks of every resource that runs, often until it is healthy and seldom from then on.</summary>
internal sealed class HealthMonitor(
    ResourceNotificationService notifications, HealthCheckService checks, IDistributedApplicationEventing eventing, IServiceProvider services, TimeProvider clock)
{
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var monitors = new Dictionary<IResource, (Task Loop, SemaphoreSlim Changed)>();
        try
        {
            await foreach (var e in notifications.WatchAsync(cancellationToken))
            {
                if (!monitors.TryGetValue(e.Resource, out var monitor))
                {
                    var changed = new SemaphoreSlim(0, 1);
                    monitors[e.Resource] = monitor = (MonitorAsync(e.Resource, changed, cancellationToken), changed);
                }
                // Only what started since the last check needs another at once.
                if (e.Snapshot is { State.Text: nameof(KnownResourceStates.Running), Ready: null } && monitor.Changed.CurrentCount == 0) monitor.Changed.Release();
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
        await Task.WhenAll(monitors.Values.Select(m => m.Loop));
    }

    private async Task MonitorAsync(IResource resource, SemaphoreSlim changed, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(h => h.Key).ToHashSet();
        Task? ready = null;
        var pause = Timeout.InfiniteTimeSpan;
        var attempt = First;
        try
        {
            while (true)
            {
                await changed.WaitAsync(pause, cancellationToken);
                var running = notifications.Current(resource).Where(IsRunning).ToList();
                if (running.Count == 0)
                {
                    (ready, pause, attempt) = (null, Timeout.InfiniteTimeSpan, First);
                    continue;
                }
                var reports = keys.Count == 0 ? [] : await ReportsAsync(keys, cancellationToken);
                var isHealthy = reports.All(r => r.Status == HealthStatus.Healthy);
                if (isHealthy) ready ??= eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
                await PublishAsync(resource, reports, isHealthy ? ready : null);
                attempt = isHealthy ? First : TimeSpan.FromTicks(Math.Min(attempt.Ticks * 5 / 4, Longest.Ticks));
                pause = !isHealthy ? attempt : keys.Count == 0 ? Timeout.InfiniteTimeSpan : WhileHealthy;
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }

    private Task PublishAsync(IResource resource, ImmutableArray<HealthReportSnapshot> reports, Task? ready) =>
        notifications.PublishUpdateAsync(resource, snapshot => !IsRunning(snapshot) ? snapshot : snapshot with
        {
            HealthReports = reports,
            Ready = snapshot.Ready ?? ready,
        });

    private async Task<ImmutableArray<HealthReportSnapshot>> ReportsAsync(HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
        var now = clock.GetUtcNow().UtcDateTime;
        var found = report.Entries.Select(e =>
            new HealthReportSnapshot(e.Key, e.Value.Status, e.Value.Description, e.Value.Exception?.ToString()) { LastRunAt = now });
        // A key that nobody registered would otherwise never be missed.
        var missing = keys.Except(report.Entries.Keys)
            .Select(key => new HealthReportSnapshot(key, HealthStatus.Unhealthy, $"No health check '{key}' is registered.", null) { LastRunAt = now });
        return [.. found, .. missing];
    }

    private static bool IsRunning(CustomResourceSnapshot snapshot) => snapshot.State?.Text == KnownResourceStates.Running;
}
