using LittleService.Data.Stats;

namespace LittleService.UnitTests.Stats;

public sealed class LogHistogramTests
{
    [Theory]
    [InlineData(.5)]
    [InlineData(.9)]
    [InlineData(.99)]
    public void QuantileIsOffByATenthAtMost(double share)
    {
        var histogram = new LogHistogram();
        for (var value = 1; value <= 10_000; value++) histogram.Add(value);

        Assert.InRange(histogram.Quantile(share)!.Value, share * 10_000 * .9, share * 10_000 * 1.1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1e15)]
    [InlineData(-1e15)]
    [InlineData(1e-300)]
    [InlineData(0.001)]
    public void AnyValueLiesWithinItsStep(double value)
    {
        var histogram = new LogHistogram();

        histogram.Add(value);

        var (from, to, count) = Assert.Single(LogHistogram.FromBytes(histogram.ToBytes()).Steps);
        Assert.Equal(1, count);
        Assert.InRange(Math.Abs(value) < 1e-9 ? 0 : value, from * (from < 0 ? 1.0000001 : .9999999), to * (to < 0 ? .9999999 : 1.0000001));
    }

    [Fact]
    public void MergedAndStoredIsTheSameAsCountedTogether()
    {
        var (together, first, second) = (new LogHistogram(), new LogHistogram(), new LogHistogram());
        var random = new Random(7);
        for (var i = 0; i < 1000; i++)
        {
            var value = Math.Exp(random.NextDouble() * 40 - 20) * (random.Next(2) * 2 - 1);
            together.Add(value);
            (i % 3 == 0 ? first : second).Add(value);
        }

        first.Merge(LogHistogram.FromBytes(second.ToBytes()));

        Assert.Equal(together.ToBytes(), first.ToBytes());
    }
}
