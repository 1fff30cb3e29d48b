using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>How much waits in each queue, and for how long the oldest of it: gauges, and a health check that is degraded when that is too long.</summary>
internal sealed class QueueDepths : IHealthCheck
{
    private readonly ConcurrentDictionary<string, (long Depth, TimeSpan Age)> _queues = new();
    private readonly IOptions<JobOptions> _options;

    public QueueDepths(IOptions<JobOptions> options, IMeterFactory meters)
    {
        _options = options;
        var meter = meters.Create(JobTelemetry.Name);
        meter.CreateObservableGauge(
            "jobs.depth", () => _queues.Select(queue => new Measurement<long>(queue.Value.Depth, Tag(queue.Key))), "{job}", "Jobs that could start, by queue");
        meter.CreateObservableGauge(
            "jobs.oldest", () => _queues.Select(queue => new Measurement<double>(queue.Value.Age.TotalSeconds, Tag(queue.Key))), "s", "How long the oldest of them has waited");
    }

    public void Set(string queue, long depth, TimeSpan age) => _queues[queue] = (depth, age);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var late = _queues.Where(queue => queue.Value.Age > _options.Value.LongestWait).Select(queue => queue.Key).Order().ToList();
        return Task.FromResult(late.Count == 0
            ? HealthCheckResult.Healthy("No job waits too long.")
            : HealthCheckResult.Degraded($"Jobs wait longer than {_options.Value.LongestWait} in {string.Join(", ", late)}."));
    }

    private static KeyValuePair<string, object?> Tag(string queue) => new("queue", queue);
}
