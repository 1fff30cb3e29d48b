using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace LittleService.UnitTests.ServiceDefaults;

/// <summary>Keeps the spans that would have been sent to the dashboard.</summary>
internal sealed class ExportedSpans : BaseExporter<Activity>
{
    private readonly ConcurrentQueue<Activity> spans = [];

    public void AddTo(IServiceCollection services) =>
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(Processor()));

    public Activity[] Of(ActivityTraceId trace) => [.. spans.Where(span => span.TraceId == trace)];

    /// <summary>Waits for the one of this kind: a span ends a moment after its response was read.</summary>
    public async Task<Activity> OneAsync(ActivityTraceId trace, ActivityKind kind)
    {
        var started = Stopwatch.GetTimestamp();
        while (!Of(trace).Any(span => span.Kind == kind))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"No {kind} span of the trace {trace} was exported.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return Assert.Single(Of(trace), span => span.Kind == kind);
    }

    public override ExportResult Export(in Batch<Activity> batch)
    {
        foreach (var span in batch) spans.Enqueue(span);
        return ExportResult.Success;
    }

    // The container owns it from here on.
    private SimpleActivityExportProcessor Processor() => new(this);
}
