using System.Diagnostics.Metrics;

namespace LittleService.Data.Events;

/// <summary>Metrics of intake and aggregation, under the meter <c>LittleService.Events</c>.</summary>
public static class EventMetrics
{
    private static readonly Meter Meter = new("LittleService.Events");
    private static readonly Counter<long> Accepted = Meter.CreateCounter<long>("events.accepted", "{event}", "Events that Redis has");
    private static readonly Counter<long> Refused = Meter.CreateCounter<long>(
        "events.refused", "{request}", "Requests and page views turned away, by reason");
    private static readonly Histogram<int> BlockSize = Meter.CreateHistogram<int>(
        "events.block.size", "{event}", "Events written to Redis together");
    private static readonly Counter<long> Aggregated = Meter.CreateCounter<long>(
        "events.aggregated", "{event}", "Events counted into the sums");
    private static readonly Counter<long> Repeated = Meter.CreateCounter<long>(
        "events.repeated", "{event}", "Events left out since their id was counted before");
    private static readonly Counter<long> Overflowed = Meter.CreateCounter<long>(
        "events.names.overflowed", "{event}", "Events counted as 'other'");
    private static readonly Histogram<int> BatchSize = Meter.CreateHistogram<int>(
        "events.batch.size", "{event}", "Events aggregated in one transaction");
    private static readonly Histogram<double> BatchDuration = Meter.CreateHistogram<double>(
        "events.batch.duration", "s", "Time to aggregate a batch");
    private static readonly Gauge<double> Lag = Meter.CreateGauge<double>("events.lag", "s", "Age of the oldest block that waits");
    private static readonly Gauge<long> Backlog = Meter.CreateGauge<long>("events.backlog", "By", "What the stream takes in Redis");

    public static void AcceptedBlock(int events)
    {
        Accepted.Add(events);
        BlockSize.Record(events);
    }

    public static void RefusedRequest(string reason) => Refused.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void AggregatedBatch(int events, long repeated, long overflowed, TimeSpan duration)
    {
        Aggregated.Add(events - repeated);
        Repeated.Add(repeated);
        Overflowed.Add(overflowed);
        BatchSize.Record(events);
        BatchDuration.Record(duration.TotalSeconds);
    }

    public static void Measured(StreamStatus status, DateTimeOffset now)
    {
        Backlog.Record(status.Bytes);
        Lag.Record(status.Oldest is { } oldest ? Math.Max(0, (now - oldest).TotalSeconds) : 0);
    }
}
