using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LittleService.FunctionalTests.Events;

namespace LittleService.FunctionalTests.Stats;

public sealed class StatsTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NewNumbersBecomeVisible()
    {
        _service.StartWorker();
        await _service.Client.AcceptedAsync(new { name = "seen", value = 12.5, subject = "s1" });
        await Eventually.SeeAsync(() => SumAsync("/api/stats?name=seen", "count"), count => count == 1);

        await _service.Client.AcceptedAsync(new { name = "seen", value = 12.5, subject = "s2" });

        // What is asked for is kept for a moment, and must not be kept for longer.
        await Eventually.SeeAsync(() => SumAsync("/api/stats?name=seen", "count"), count => count == 2);
        await Eventually.SeeAsync(() => SumAsync("/api/stats?name=seen&grain=day", "subjects"), count => count == 2);
        await Eventually.SeeAsync(() => SumAsync("/api/stats?name=seen&grain=hour", "sum"), sum => sum == 25);
    }

    [Fact]
    public async Task LateEventLandsInItsOwnMinute()
    {
        _service.StartWorker();
        var at = DateTime.UtcNow.AddHours(-30);

        await _service.Client.AcceptedAsync(new { name = "late", occurredAt = at }, new { name = "late" });
        await _service.IsCountedAsync("late", 2);

        var minute = new DateTime(at.Year, at.Month, at.Day, at.Hour, at.Minute, 0, DateTimeKind.Utc);
        var answer = await GetAsync($"/api/stats?name=late&from={minute.AddMinutes(-5):O}&to={minute.AddMinutes(5):O}");
        var point = Assert.Single(answer.GetProperty("series")[0].GetProperty("points").EnumerateArray());
        Assert.Equal(minute, point.GetProperty("at").GetDateTime());
    }

    [Fact]
    public async Task EventOfAnotherYearIsAnError()
    {
        var json = JsonSerializer.Serialize(new object[] { new { name = "old", occurredAt = DateTime.UtcNow.AddYears(-1) }, new { name = "old", occurredAt = DateTime.UtcNow.AddDays(30) } });

        using var refused = await _service.Client.SendAsync(json);

        Assert.Equal(2, (await ProblemAssert.IsAsync(refused, HttpStatusCode.BadRequest)).GetProperty("errors").GetArrayLength());
    }

    [Fact]
    public async Task NamesBeyondTheLimitOfTheirDayAreCountedAsOther()
    {
        _service.StartWorker(("Stats:NamesPerDay", "10"));

        for (var batch = 0; batch < 3; batch++)
            await _service.Client.AcceptedAsync([.. Enumerable.Range(0, 1000).Select(i => new { name = $"n{batch * 1000 + i}" })]);

        await _service.IsCountedAsync("", 3000);
        Assert.Equal(2990, await _service.CountAsync("(other)"));
        Assert.Equal(12L, await _service.ScalarAsync<long>("select count(distinct name) from event_stats where grain = 2"));
        Assert.Contains("beyond the limit", await _service.Client.GetStringAsync("/stats", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PageShowsThePlotAndTheSameNumbersAsATable()
    {
        _service.StartWorker();
        await _service.Client.AcceptedAsync(new { name = "<b>bold</b>", value = 3 }, new { name = "<b>bold</b>", value = 4 });
        await _service.IsCountedAsync("<b>bold</b>", 2);

        var page = await _service.Client.GetStringAsync("/stats?name=%3Cb%3Ebold%3C/b%3E", Stop);

        Assert.Matches("<title>20[0-9-]+ [0-9:]+: 2</title>", page);
        Assert.Contains("&lt;b&gt;bold&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>bold", page, StringComparison.Ordinal);
        Assert.Contains("<td class=\"number\">2</td><td class=\"number\">7</td>", page, StringComparison.Ordinal);
        var all = await _service.Client.GetStringAsync("/stats?grain=hour", Stop);
        Assert.Contains("href=\"/stats?name=%3Cb%3Ebold%3C%2Fb%3E&amp;grain=hour\"", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grain=second")]
    [InlineData("from=yesterday")]
    [InlineData("from=2020-01-01T00:00:00Z&to=2021-01-01T00:00:00Z")]
    [InlineData("from=2030-01-01T00:00:00Z&to=2020-01-01T00:00:00Z")]
    [InlineData("name=%00")]
    [InlineData("name=a&group=name")]
    public async Task WhatCannotBeAnsweredIsAProblem(string query)
    {
        using var answer = await _service.Client.GetAsync($"/api/stats?{query}", Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task SumsAreDroppedByTheDay()
    {
        _service.StartWorker();
        await _service.Client.AcceptedAsync(new { name = "kept", id = "1" }, new { name = "kept", id = "1" });
        await _service.IsCountedAsync("kept", 1);
        await _service.ExecuteAsync("select event_partition('event_ids', '2020-01-01Z', '2020-01-02Z'), event_partition('event_stats_minute', '2020-01-01Z', '2020-01-02Z')");
        // As if nobody had run for two hours.
        await Eventually.SeeAsync(
            () => _service.ScalarAsync<long>("with late as (update job_schedules set since = now() - interval '2 hours' where name = 'drop_old_stats' returning 1) select count(*) from late"),
            schedules => schedules == 1);

        await Eventually.SeeAsync(() => _service.ScalarAsync<long>("select count(*) from pg_class where relname like '%\\_20200101' and relkind = 'r'"), left => left == 0);
        Assert.Equal(1L, await _service.ScalarAsync<long>("select count(*) from event_stats where grain = 0 and name = 'kept'"));
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task<JsonElement> GetAsync(string path) => await _service.Client.GetFromJsonAsync<JsonElement>(path, Stop);

    // No number while a busy machine answers 503: it is asked for again.
    private async Task<double> SumAsync(string path, string field)
    {
        using var answer = await _service.Client.GetAsync(path, Stop);
        if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return double.NaN;
        var stats = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(Stop);
        return stats.GetProperty("series")[0].GetProperty("total").GetProperty(field).GetDouble();
    }
}
