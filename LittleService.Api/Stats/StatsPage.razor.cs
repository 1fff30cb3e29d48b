using System.Globalization;
using LittleService.Data.Stats;
using Microsoft.AspNetCore.Components;

namespace LittleService.Api.Stats;

public sealed partial class StatsPage
{
    private const int TopNames = 15;

    private Dictionary<string, string[]> _errors = [];
    private StatsResponse? _response;
    private List<(string Name, long Count)> _top = [];

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [SupplyParameterFromQuery]
    private string? Name { get; set; }

    [SupplyParameterFromQuery]
    private string? Grain { get; set; }

    private StatsQuery? Query { get; set; }

    private StatsSeries Series => _response!.Series[0];

    private Plot OverTime => Plot.Of(
        (int)((Query!.Grain.Bucket(Query.To) - Query.From) / Query.Grain.Width()) + 1,
        Series.Points.Select(point => ((int)((point.At - Query.From) / Query.Grain.Width()), (double)point.Sum.Count, Moment(point.At))));

    private string[] TimeScale =>
        [Moment(_response!.From), Moment(_response.From + ((_response.To - _response.From) / 2)), Moment(_response.To)];

    private Plot ByValue => Plot.Of(
        Series.Histogram.Count,
        Series.Histogram.Select((step, slot) => (slot, (double)step.Count, $"{Number(step.From)} to {Number(step.To)}")));

    private string[] ValueScale => [Number(Series.Histogram[0].From), Number(Series.Histogram[^1].To)];

    private string TimeLabel =>
        $"{Series.Total.Count} events from {Moment(_response!.From)} to {Moment(_response.To)} UTC; the numbers are in the table below";

    private string ValueLabel =>
        $"{Series.Histogram.Sum(step => step.Count)} values from {Number(Series.Total.Min ?? 0)} to {Number(Series.Total.Max ?? 0)}";

    protected override async Task OnInitializedAsync()
    {
        (Query, _errors) = StatsQuery.Parse(Name, null, null, Grain, null, Time.GetUtcNow());
        if (Query is null)
        {
            Http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }
        _response = await Reader.ReadAsync(Query, Http.RequestAborted);
        _top = await Reader.TopAsync(Query, TopNames, Http.RequestAborted);
    }

    private static string Moment(DateTime at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Number(double? number) => number is { } known ? Plot.Brief(known) : "–";

    private string Share(long count) => (100.0 * count / _top[0].Count).ToString("0.##", CultureInfo.InvariantCulture);
}
