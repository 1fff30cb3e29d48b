using LittleService.Data;
using LittleService.Data.Events;
using LittleService.Data.Stats;

namespace LittleService.Api.Stats;

/// <summary>Reads what a query asks for, for the API and for the page.</summary>
public sealed class StatsReader(StatsStore store, DatabaseWatch watch, EventLog log, TimeProvider time)
{
    private const int SeriesByName = 10;

    public async Task<StatsResponse> ReadAsync(StatsQuery query, CancellationToken cancellationToken)
    {
        var names = query.ByName
            ? (await TopAsync(query, SeriesByName, cancellationToken)).ConvertAll(name => name.Name) : [query.Name ?? StatsName.All];
        var series = new List<StatsSeries>(names.Count);
        foreach (var name in names) series.Add(await SeriesAsync(query, name, cancellationToken));
        return new(query.From, query.To, query.Grain.ToString().ToLowerInvariant(), series, await StreamAsync(cancellationToken));
    }

    public Task<List<(string Name, long Count)>> TopAsync(StatsQuery query, int limit, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => store.TopAsync(query.From, query.To, query.Grain, limit, cancellationToken));

    private async Task<StatsSeries> SeriesAsync(StatsQuery query, string name, CancellationToken cancellationToken)
    {
        var cells = await watch.WaitAsync(() => store.SeriesAsync(name, query.From, query.To, query.Grain, cancellationToken));
        var total = new StatsCell();
        foreach (var (_, cell) in cells) total.Merge(cell);
        return new(
            name == StatsName.All ? null : name,
            StatsSum.Of(total),
            cells.ConvertAll(point => new StatsPoint(point.Bucket, StatsSum.Of(point.Cell))),
            [.. (total.Histogram?.Steps ?? []).Select(step => new StatsStep(step.From, step.To, step.Count))]);
    }

    private async Task<StreamState> StreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await log.StatusAsync(cancellationToken);
            var waiting = status.Entries == 0 ? 0 : Math.Max(0, status.Appended - (await store.AggregatedAsync(cancellationToken) ?? 0));
            return new(waiting, status.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0, status.Bytes);
        }
        // The sums are in Postgres: they are shown without Redis too.
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, null, null);
        }
    }
}
