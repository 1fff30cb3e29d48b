using LittleService.Api.Stats;
using LittleService.Data.Stats;

namespace LittleService.UnitTests.Stats;

public sealed class StatsQueryTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 31, 12, 0, 30, TimeSpan.Zero);

    [Fact]
    public void LastHourByMinuteIsTheDefault()
    {
        var (query, errors) = StatsQuery.Parse(null, null, null, null, null, Now);

        Assert.Empty(errors);
        Assert.Equal(new StatsQuery(null, new(2030, 1, 31, 11, 1, 0, DateTimeKind.Utc), Now.UtcDateTime, Grain.Minute, false), query);
    }

    [Theory]
    [InlineData(null, "second", null, null, "grain")]
    [InlineData(null, null, "colour", null, "group")]
    [InlineData("a", null, "name", null, "group")]
    [InlineData("a\0", null, null, null, "name")]
    [InlineData(null, null, null, "2031-01-01T00:00:00Z", "from")]
    [InlineData(null, null, null, "0001-01-01T00:00:00Z", "from")]
    [InlineData(null, "minute", null, "2030-01-01T00:00:00Z", "grain")]
    public void WhatCannotBeAnsweredIsAClearError(string? name, string? grain, string? group, string? from, string field)
    {
        var (query, errors) = StatsQuery.Parse(name, from is null ? null : DateTimeOffset.Parse(from, null), null, grain, group, Now);

        Assert.Null(query);
        Assert.Equal([field], errors.Keys);
    }

    [Fact]
    public void PlotHasOneBarForEachSlotThatHoldsAnything()
    {
        var plot = Plot.Of(10, [(0, 1, "first"), (3, 4, "fourth"), (9, 0, "empty"), (10, 7, "outside")]);

        Assert.Equal(5, plot.Top);
        Assert.Equal([new Bar(0, 128, 71, "first: 1"), new Bar(216, 32, 71, "fourth: 4")], plot.Bars);
    }

    [Theory]
    [InlineData(0, new[] { 1.0, 0 })]
    [InlineData(1, new[] { 1.0, 0 })]
    [InlineData(2, new[] { 2.0, 1, 0 })]
    [InlineData(4, new[] { 5.0, 0 })]
    [InlineData(43, new[] { 50.0, 25, 0 })]
    [InlineData(1_600_000, new[] { 2_000_000.0, 1_000_000, 0 })]
    public void TicksAreWholeAndRound(double largest, double[] ticks) => Assert.Equal(ticks, Plot.Of(1, [(0, largest, "")]).Ticks);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.5, "0.5")]
    [InlineData(950, "950")]
    [InlineData(12_500, "12.5k")]
    [InlineData(3_100_000, "3.1M")]
    public void NumbersAreShortForPeople(double number, string text) => Assert.Equal(text, Plot.Brief(number));
}
