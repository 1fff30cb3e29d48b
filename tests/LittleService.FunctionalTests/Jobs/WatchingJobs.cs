using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using LittleService.Jobs.Work;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LittleService.FunctionalTests.Jobs;

public sealed class WatchingJobs(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task OneTraceLeadsFromTheRequestToEachAttempt(int delaySeconds)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "LittleService.Jobs" or "request",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("request");
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var runAt = delaySeconds == 0 ? (DateTimeOffset?)null : DateTimeOffset.UtcNow.AddSeconds(delaySeconds);
        ActivityTraceId trace;
        Guid id;

        using (var request = source.StartActivity("request"))
        {
            trace = request!.TraceId;
            id = await host.Client.EnqueueAsync(new Flaky("traced", 1), new() { RunAt = runAt }, Stop);
        }

        await Eventually.TrueAsync(() => Runs().Count == 2);
        var enqueue = spans.Single(span => span.OperationName == "enqueue flaky" && span.TraceId == trace);
        Assert.Equal((trace, enqueue.SpanId), (Runs()[0].TraceId, Runs()[0].ParentSpanId));
        Assert.Equal(trace, Runs()[1].Links.Single().Context.TraceId);

        List<Activity> Runs() => [.. spans.Where(span => span.OperationName == "run flaky" && Equals(span.GetTagItem("job.id"), id)).OrderBy(span => span.StartTimeUtc)];
    }

    [Fact]
    public async Task JobsAreCountedByWhereTheyCameFrom()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        var seen = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, me) =>
            {
                if (instrument.Name == "jobs.fetched" && ReferenceEquals(instrument.Meter.Scope, host.Get<IMeterFactory>()))
                    me.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => seen[(string)tags[0].Value!] = value);
        listener.Start();

        await host.Client.EnqueueManyAsync(Enumerable.Range(0, 5).Select(i => new Note($"{i}")), cancellationToken: Stop);
        await host.Client.EnqueueAsync(new Note("later"), new() { RunAt = DateTimeOffset.UtcNow.AddMilliseconds(100) }, Stop);

        await Eventually.TrueAsync(() => host.Board.Notes.Count == 6);
        listener.RecordObservableInstruments();
        Assert.Equal((5, 1), (seen["stream"] + seen["postgres"], seen["due"]));
        Assert.Equal(host.Fetched(JobSource.Stream), seen["stream"]);
    }

    [Fact]
    public async Task DepthAndAgeAreMeasuredAndLateJobsDegradeTheHealth()
    {
        var seen = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, me) =>
            {
                if (instrument.Meter.Name == "LittleService.Jobs")
                    me.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();
        await using var host = JobsHost.Create(database, _prefix, options: options =>
        {
            options.Queues.Add("watched");
            (options.Watch, options.LongestWait) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(1));
        });
        await host.Admin.PauseAsync("watched", "tester", Stop);
        await host.StartAsync();

        await host.Client.EnqueueManyAsync(Enumerable.Range(0, 7).Select(i => new Note($"{i}")), new() { Queue = "watched" }, Stop);

        await Eventually.TrueAsync(() =>
        {
            listener.RecordObservableInstruments();
            return seen.GetValueOrDefault("jobs.depth watched note") == 7 && seen.GetValueOrDefault("jobs.oldest watched note") > 1;
        });
        var health = host.Get<HealthCheckService>();
        var report = await health.CheckHealthAsync(Stop);
        Assert.Equal(HealthStatus.Degraded, report.Entries["jobs"].Status);
        Assert.Contains("watched", report.Entries["jobs"].Description, StringComparison.Ordinal);

        await host.Admin.ResumeAsync("watched", "tester", Stop);
        await Eventually.TrueAsync(async () => (await health.CheckHealthAsync(Stop)).Status == HealthStatus.Healthy);
        // Claimed jobs no longer wait, although they may not have run yet.
        await Eventually.TrueAsync(() =>
            seen.ContainsKey("jobs.runtime watched note") && seen.ContainsKey("jobs.lag watched note") && seen.ContainsKey("jobs.attempts watched note"));

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => seen[string.Join(' ', [instrument.Name, .. tags.ToArray().Take(2).Select(tag => tag.Value)])] = value;
    }
}
