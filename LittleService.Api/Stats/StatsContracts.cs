using System.Text.Json.Serialization;
using LittleService.Data.Stats;

namespace LittleService.Api.Stats;

/// <summary>Sums over a time, of all names, of one, or of those with the most events.</summary>
public sealed record StatsResponse(DateTime From, DateTime To, string Grain, IReadOnlyList<StatsSeries> Series, StreamState Stream);

/// <summary>One line: a point for each bucket that holds anything. A null name stands for all names together.</summary>
public sealed record StatsSeries(string? Name, StatsSum Total, IReadOnlyList<StatsPoint> Points, IReadOnlyList<StatsStep> Histogram);

public sealed record StatsPoint(DateTime At, StatsSum Sum);

/// <summary>
/// Distinct subjects are exact up to 128, and off by 2.3 % (standard error) beyond; quantiles are off by a tenth of the value at most.
/// </summary>
public sealed record StatsSum(long Count, double Sum, double? Min, double? Max, double? P50, double? P99, long Subjects)
{
    public static StatsSum Of(StatsCell cell) =>
        new(cell.Count, cell.Sum, cell.Min, cell.Max, Quantile(cell, .5), Quantile(cell, .99), cell.Subjects?.Count() ?? 0);

    // The middle of a step may lie outside of what was seen.
    private static double? Quantile(StatsCell cell, double share) =>
        cell.Histogram?.Quantile(share) is { } value ? Math.Clamp(value, cell.Min ?? value, cell.Max ?? value) : null;
}

/// <summary>How many values lie between two bounds.</summary>
public sealed record StatsStep(double From, double To, long Count);

/// <summary>What waits in the stream: null where Redis cannot be asked.</summary>
public sealed record StreamState(long? WaitingEvents, double? LagSeconds, long? Bytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatsResponse))]
internal sealed partial class StatsJson : JsonSerializerContext;
