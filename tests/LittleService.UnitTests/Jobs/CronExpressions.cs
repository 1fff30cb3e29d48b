using System.Globalization;
using LittleService.Jobs.Schedules;

namespace LittleService.UnitTests.Jobs;

public sealed class CronExpressions
{
    [Theory]
    [InlineData("0 9 * * 1-5", "UTC", "2026-01-02T10:00Z", "2026-01-06T12:00Z", "2026-01-05T09:00Z 2026-01-06T09:00Z")]
    [InlineData("*/20 * * * *", "UTC", "2026-01-01T00:00Z", "2026-01-01T01:00Z", "2026-01-01T00:20Z 2026-01-01T00:40Z 2026-01-01T01:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", "2032-12-31T00:00Z", "2028-02-29T00:00Z 2032-02-29T00:00Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-02-10T00:00Z", "2026-02-20T00:00Z", "2026-02-13T00:00Z 2026-02-20T00:00Z")]
    [InlineData("5,10 0-1 1 1 *", "UTC", "2026-01-01T00:05Z", "2026-02-01T00:00Z", "2026-01-01T00:10Z 2026-01-01T01:05Z 2026-01-01T01:10Z")]

    // 2026-03-29 in Berlin: 02:00 becomes 03:00, at 01:00 UTC.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00Z", "2026-03-30T12:00Z", "2026-03-28T01:30Z 2026-03-29T01:00Z 2026-03-30T00:30Z")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T02:00Z", "2026-03-29T00:30Z 2026-03-29T01:30Z")]
    [InlineData("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", "2026-03-29T12:00Z", "2026-03-29T01:00Z")]

    // 2026-10-25 in Berlin: 03:00 becomes 02:00, at 01:00 UTC.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", "2026-10-26T12:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-24T23:45Z", "2026-10-25T02:00Z", "2026-10-25T00:30Z 2026-10-25T01:30Z")]

    // Lord Howe changes by half an hour: 02:00 becomes 02:30 on 2026-10-04, at 15:30 UTC of the day before, and back on 2026-04-05, at 15:00 UTC.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", "2026-10-04T23:00Z", "2026-10-03T15:30Z 2026-10-04T15:15Z")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00Z", "2026-04-05T23:00Z", "2026-04-04T14:45Z 2026-04-05T15:15Z")]

    // Cairo's clocks go from 23:59 to 01:00, Beirut's too: midnight is not there. Samoa had no December 30 in 2011.
    [InlineData("0 0 * * *", "Africa/Cairo", "2026-04-23T00:00Z", "2026-04-24T23:00Z", "2026-04-23T22:00Z 2026-04-24T21:00Z")]
    [InlineData("0 12 * * *", "Pacific/Apia", "2011-12-28T22:30Z", "2012-01-01T00:00Z", "2011-12-29T22:00Z 2011-12-30T22:00Z 2011-12-31T22:00Z")]
    [InlineData("0 */2 * * *", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T04:30Z", "2026-03-29T01:00Z 2026-03-29T02:00Z 2026-03-29T04:00Z")]
    [InlineData("0 0 * JAN MON#1", "UTC", "2026-01-01T00:00Z", "2026-12-31T00:00Z", "2026-01-05T00:00Z")]
    [InlineData("0 0 L * *", "UTC", "2026-02-01T00:00Z", "2026-03-01T00:00Z", "2026-02-28T00:00Z")]
    public void GiveTheirDueTimes(string cron, string zone, string after, string until, string expected)
    {
        var due = CronExpression.Parse(cron).Between(Time(after), Time(until), TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(expected, string.Join(' ', due.Select(time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mmZ", CultureInfo.InvariantCulture))));
    }

    [Theory]
    [InlineData("0 25 * * *", "Hours")]
    [InlineData("0 9 * *", "it needs five fields")]
    [InlineData("@daily", "it needs five fields")]
    [InlineData("0 0 9 * * *", "it needs five fields")]
    [InlineData("*/0 * * * *", "Minutes")]
    [InlineData("*/90 * * * *", "Minutes")]
    [InlineData("5/70 * * * *", "Minutes")]
    [InlineData("0 */24 * * *", "Hours")]
    [InlineData("0 0 */32 * *", "Days")]
    [InlineData("0 0 1 */13 *", "Months")]
    [InlineData("x * * * *", "Minutes")]
    [InlineData("1-2-3 * * * *", "Minutes")]
    [InlineData("0 0 30 2 *", "never due")]
    [InlineData("0 0 31 4,6,9,11 *", "never due")]
    public void AreRefusedWithTheFieldThatIsWrong(string cron, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => CronExpression.Parse(cron)).Message, StringComparison.Ordinal);

    [Fact]
    public void AreWrittenWithOneSpaceBetweenFields() => Assert.Equal("0 5 * * *", CronExpression.Parse(" 0  5 * * * ").ToString());

    [Theory]
    [InlineData("*/7 * * * *")]
    [InlineData("30 2 * * *")]
    [InlineData("0 * * * 0")]
    public void GiveEachTimeOnceHoweverTheIntervalIsCut(string cron)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var (from, to) = (Time("2026-10-24T00:00Z"), Time("2026-10-26T00:00Z"));
        var whole = CronExpression.Parse(cron).Between(from, to, zone).ToList();

        var cut = Enumerable.Range(0, 48 * 4).SelectMany(i => CronExpression.Parse(cron).Between(from.AddMinutes(15 * i), from.AddMinutes(15 * (i + 1)), zone)).ToList();

        Assert.Equal(whole, cut);
        Assert.Equal(whole.Distinct(), whole);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
