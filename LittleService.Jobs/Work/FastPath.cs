using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.Jobs.Work;

/// <summary>
/// Whether jobs arrive by the streams: a metric of their source, and a health check that is degraded when the streams could not be read for
/// some time. Jobs still run then, only later, so nothing else would show it.
/// </summary>
internal sealed class FastPath : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly long[] _fetched = new long[Enum.GetValues<JobSource>().Length];
    private readonly TimeProvider _time;
    private volatile Failure? _failure;

    public FastPath(TimeProvider time, IMeterFactory meters)
    {
        _time = time;
        meters.Create(JobTelemetry.Name).CreateObservableCounter("jobs.fetched", Measure, "{job}", "Jobs that this worker took, by source");
    }

    /// <summary>Whether the streams could not be read for so long that their jobs are to be claimed from Postgres.</summary>
    public bool IsBroken => _failure is { } failure && _time.GetElapsedTime(failure.Since) > Patience;

    /// <summary>Counts jobs that came from this source.</summary>
    public long Count(JobSource source) => Volatile.Read(ref _fetched[(int)source]);

    public void Fetched(JobSource source, int count) => Interlocked.Add(ref _fetched[(int)source], count);

    /// <summary>The streams were read.</summary>
    public void Succeeded() => _failure = null;

    /// <summary>The streams could not be read. True when that is news.</summary>
    public bool Failed(string reason)
    {
        var before = _failure;
        if (before?.Reason != reason)
            _failure = new(before?.Since ?? _time.GetTimestamp(), reason);
        return before?.Reason != reason;
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsBroken
            ? new(context.Registration.FailureStatus, $"The streams cannot be read ({_failure?.Reason}): jobs come from Postgres, later.")
            : HealthCheckResult.Healthy("Jobs come by the streams."));

    private IEnumerable<Measurement<long>> Measure() =>
        Enum.GetValues<JobSource>()
            .Select(source => new Measurement<long>(Count(source), new KeyValuePair<string, object?>("source", source switch
            {
                JobSource.Stream => "stream",
                JobSource.Postgres => "postgres",
                _ => "due",
            })));

    private sealed record Failure(long Since, string Reason);
}
