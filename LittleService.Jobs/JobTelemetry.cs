using System.Diagnostics;
using System.Diagnostics.Metrics;
using LittleService.Jobs.Work;

namespace LittleService.Jobs;

/// <summary>The queue's source of spans and its meter. Both cost next to nothing while nobody listens.</summary>
internal static class JobTelemetry
{
    public const string Name = "LittleService.Jobs";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> EnqueuedJobs = Meter.CreateCounter<long>(
        "jobs.enqueued", "{job}", "Jobs stored, by queue and kind");
    private static readonly Counter<long> EndedAttempts = Meter.CreateCounter<long>(
        "jobs.attempts", "{attempt}", "Attempts ended, by queue, kind and outcome");
    private static readonly Counter<long> RescuedJobs = Meter.CreateCounter<long>(
        "jobs.rescued", "{job}", "Jobs taken over from a lost worker, by queue and kind");
    private static readonly Histogram<double> Runtime = Meter.CreateHistogram<double>(
        "jobs.runtime", "s", "How long an attempt ran, by queue and kind");
    private static readonly Histogram<double> Lag = Meter.CreateHistogram<double>(
        "jobs.lag", "s", "From the time a job was due to its start, by queue and kind");

    public static Activity? StartEnqueue(string kind) =>
        Source.HasListeners() ? Source.StartActivity($"enqueue {kind}", ActivityKind.Producer) : null;

    /// <summary>
    /// The first attempt is a child of the enqueue; a retry starts a new trace that links to it, so that traces stay readable.
    /// </summary>
    public static Activity? StartRun(string kind, string? trace, int attempt, Guid id)
    {
        if (!Source.HasListeners())
            return null;
        ActivityContext.TryParse(trace, null, isRemote: true, out var enqueue);
        var known = enqueue != default;
        var activity = attempt == 1 || !known
            ? Source.StartActivity($"run {kind}", ActivityKind.Consumer, enqueue)
            : Source.StartActivity($"run {kind}", ActivityKind.Consumer, default(ActivityContext), links: [new(enqueue)]);
        return activity?.SetTag("job.id", id).SetTag("job.attempt", attempt);
    }

    public static void Enqueued(string queue, string kind, int count)
    {
        if (EnqueuedJobs.Enabled)
            EnqueuedJobs.Add(count, Tags(queue, kind));
    }

    public static void Started(HeldJob job, TimeSpan lag)
    {
        if (Lag.Enabled)
            Lag.Record(Math.Max(0, lag.TotalSeconds), Tags(job.Queue, job.Kind));
    }

    public static void Ended(HeldJob job)
    {
        if (!Runtime.Enabled && !EndedAttempts.Enabled)
            return;
        var tags = Tags(job.Queue, job.Kind);
        Runtime.Record(job.Milliseconds / 1000, tags);
        tags.Add("outcome", job.Outcome.ToString());
        EndedAttempts.Add(1, tags);
    }

    public static void Rescued(string queue, string kind, int count) =>
        RescuedJobs.Add(count, Tags(queue, kind));

    private static TagList Tags(string queue, string kind) => new() { { "queue", queue }, { "kind", kind } };
}
