using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace LittleService.FunctionalTests.Events;

public sealed class IntakeTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BatchWithABadEventIsRefusedAsAWholeUnlessTheCallerSkipsIt()
    {
        const string batch = """[{"name":"good"},{"name":"bad","value":"NaN"},{"name":"good"}]""";

        using var refused = await _service.Client.SendAsync(batch);
        using var taken = await _service.Client.SendAsync(batch, "?invalid=skip");

        var problem = await ProblemAssert.IsAsync(refused, HttpStatusCode.BadRequest);
        Assert.Equal(1, problem.GetProperty("errors")[0].GetProperty("index").GetInt32());
        Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
        var answer = await taken.Content.ReadFromJsonAsync<JsonElement>(Stop);
        Assert.Equal(2, answer.GetProperty("accepted").GetInt32());
        Assert.Equal("value", answer.GetProperty("errors")[0].GetProperty("field").GetString());
        StartWorker();
        await _service.IsCountedAsync("good", 2);
        Assert.Equal(0, await _service.CountAsync("bad"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"name":"a",""")]
    [InlineData("""[{"name":"a","value":NaN}]""")]
    public async Task WhatIsNoJsonIsAProblem(string body) => await ProblemAssert.IsAsync(await _service.Client.SendAsync(body), HttpStatusCode.BadRequest);

    [Fact]
    public async Task CompressedBodyIsRefusedUnread()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(new byte[50_000_000], Stop);
        using var bomb = new ByteArrayContent(packed.ToArray());
        bomb.Headers.ContentType = new("application/json");
        bomb.Headers.ContentEncoding.Add("gzip");

        await ProblemAssert.IsAsync(await _service.Client.PostAsync("/api/events", bomb, Stop), HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task BodyOfAForeignFormIsRefused() =>
        await ProblemAssert.IsAsync(
            await _service.Client.PostAsync("/api/events", new StringContent("""{"name":"a"}""", MediaTypeHeaderValue.Parse("text/plain")), Stop), HttpStatusCode.UnsupportedMediaType);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BodyIsBoundedWhetherOrNotItTellsItsLength(bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events") { Content = new StringContent(new(' ', 1_100_000), MediaTypeHeaderValue.Parse("application/json")) };
        request.Headers.TransferEncodingChunked = chunked;

        await ProblemAssert.IsAsync(await _service.Client.SendAsync(request, Stop), HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task IntakeTurnsAwayAtOnceWhatItHasNoRoomFor()
    {
        // One request a second, and one may wait for it.
        using var api = _service.StartApi(("Events:RequestsPerSecond", "1"), ("Events:Waiting", "1"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => api.SendAsync("""{"name":"a"}""")));

        var busy = answers.Where(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ToList();
        Assert.NotEmpty(busy);
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.Accepted);
        Assert.Equal(TimeSpan.FromSeconds(1), busy[0].Headers.RetryAfter?.Delta);
        await ProblemAssert.IsAsync(busy[0], HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task FullBacklogIsSaidAndNothingUnreadIsTrimmed()
    {
        using var api = _service.StartApi(("Events:BacklogBytes", "100000"));
        var sent = 0;
        var batch = $"[{string.Join(',', Enumerable.Repeat("""{"name":"waits","subject":"somebody"}""", 500))}]";

        var refused = await Eventually.SeeAsync(
            async () =>
            {
                var answer = await api.SendAsync(batch);
                if (answer.StatusCode == HttpStatusCode.Accepted) sent += 500;
                return answer;
            },
            answer => answer.StatusCode != HttpStatusCode.Accepted);

        await ProblemAssert.IsAsync(refused, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        StartWorker();
        await _service.IsCountedAsync("waits", sent);
        await api.AcceptedAsync(new { name = "again" });
    }

    [Fact]
    public async Task ViewsOfOurPagesLeaveRoomForSenders()
    {
        using var api = _service.StartApi(("Events:RequestsPerSecond", "1"), ("Events:Waiting", "6"));
        for (var view = 0; view < 12; view++) await api.GetStringAsync("/stats", Stop);

        using var answer = await api.SendAsync("""{"name":"a"}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    [Fact]
    public async Task ViewOfAPageIsAnEvent()
    {
        StartWorker();
        await _service.Client.GetStringAsync("/stats", Stop);

        await _service.IsCountedAsync("page:/stats", 1);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private void StartWorker() => _service.StartWorker().Dispose();
}
