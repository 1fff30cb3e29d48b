using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// The depth of each queue by kind and the age of its oldest job, as gauges, with a health check that is degraded when that age is too high
/// or handlers ignore their cancellation.
/// </summary>
internal sealed class QueueDepths : IHealthCheck
{
    private readonly IOptions<JobOptions> _options;
    private readonly Executor _executor;
    private IReadOnlyDictionary<(string Queue, string Kind), (long Depth, TimeSpan Age)> _waiting =
        new Dictionary<(string, string), (long, TimeSpan)>();

    public QueueDepths(IOptions<JobOptions> options, Executor executor, IMeterFactory meters)
    {
        (_options, _executor) = (options, executor);
        var meter = meters.Create(JobTelemetry.Name);
        meter.CreateObservableGauge(
            "jobs.depth", () => Measure(static now => now.Depth), "{job}", "Jobs that could start, by queue and kind");
        meter.CreateObservableGauge(
            "jobs.oldest", () => Measure(static now => now.Age.TotalSeconds), "s", "How long the oldest of them has waited");
        meter.CreateObservableGauge("jobs.stuck", () => executor.Stuck, "{job}", "Handlers that go on although their attempt was given up");
    }

    public void Set(IReadOnlyDictionary<(string Queue, string Kind), (long Depth, TimeSpan Age)> waiting) => _waiting = waiting;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var late = _waiting.Where(one => one.Value.Age > _options.Value.LongestWait).Select(one => one.Key.Queue).Distinct().Order()
            .ToList();
        if (_executor.Stuck > 0)
            return Task.FromResult(
                HealthCheckResult.Degraded($"{_executor.Stuck} handlers do not stop when told to; restart this worker."));
        return Task.FromResult(late.Count == 0
            ? HealthCheckResult.Healthy("No job waits too long.")
            : HealthCheckResult.Degraded($"Jobs wait longer than {_options.Value.LongestWait} in {string.Join(", ", late)}."));
    }

    private IEnumerable<Measurement<T>> Measure<T>(Func<(long Depth, TimeSpan Age), T> value)
        where T : struct
        => _waiting.Select(one => new Measurement<T>(value(one.Value), new("queue", one.Key.Queue), new("kind", one.Key.Kind)));
}
