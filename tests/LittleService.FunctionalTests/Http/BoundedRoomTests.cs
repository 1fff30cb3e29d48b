using System.Net;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Imports;

namespace LittleService.FunctionalTests.Http;

/// <summary>Whatever has bounded room: one caller cannot fill it for all, nor hold it for long.</summary>
public sealed class BoundedRoomTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/api/items", "application/json", "Limits:BodyTimeout")]
    [InlineData("/api/webhooks", "application/json", "Limits:BodyTimeout")]
    [InlineData("/api/imports", "text/csv", "Limits:UploadTimeout")]
    public async Task BodyThatTakesTooLongIsEnded(string path, string type, string setting)
    {
        using var api = service.StartApi((setting, "00:00:00.5"));
        var key = api.As(Role.Writer).DefaultRequestHeaders.Authorization;

        using var slow = await SlowBody.BeginAsync(api, path, $"Content-Type: {type}\r\nAuthorization: {key}\r\n", 100_000);

        Assert.Equal("HTTP/1.1 408 Request Timeout", await slow.AnswerAsync());
        await Eventually.SeeAsync(() => service.ScalarAsync<long>("select count(*) from imports where state = 'uploading'"), count => count == 0);
    }

    [Fact]
    public async Task AccountHasSoManyImportsUnderWay()
    {
        // No worker runs: none of them ends.
        var owner = await service.ScalarAsync<Guid>("select id from accounts where role = 'reader'");
        await service.ExecuteAsync("update accounts set role = 'writer' where role = 'reader'");
        await service.ExecuteAsync($"insert into imports (id, owner, who, mode, state) select gen_random_uuid(), '{owner}', '', 'row-by-row', 'waiting' from generate_series(1, 10)");
        await service.ExecuteAsync($"insert into imports (id, owner, who, mode, state) select gen_random_uuid(), id, '', 'row-by-row', 'waiting' from accounts, generate_series(1, 9) where role = 'admin'");
        await service.ExecuteAsync("update api_keys set role = 'writer'");

        using var full = await service.StartApi().As(Role.Reader).PostCsvAsync("name,quantity\nLamp,1");
        using var last = await service.ApiAs(Role.Admin).PostCsvAsync("name,quantity\nLamp,1");
        using var beyond = await service.ApiAs(Role.Admin).PostCsvAsync("name,quantity\nLamp,1");

        await ProblemAssert.IsAsync(full, HttpStatusCode.TooManyRequests);
        Assert.Equal(HttpStatusCode.Accepted, last.StatusCode);
        Assert.Equal(HttpStatusCode.TooManyRequests, beyond.StatusCode);
        Assert.NotNull(beyond.Headers.RetryAfter);
    }

    [Fact]
    public async Task AccountFollowsSoManyImportsAtOnceAndItsPlacesAreFreeWhenItLeaves()
    {
        using var api = service.StartApi().As(Role.Writer);
        var import = await api.ImportAsync("name,quantity\nLamp,1");
        var followers = new List<HttpResponseMessage>();
        for (var i = 0; i < 20; i++)
            followers.Add(await api.GetAsync($"/api/imports/{import.Id}/events", HttpCompletionOption.ResponseHeadersRead, Stop));

        Assert.All(followers, follower => Assert.Equal(HttpStatusCode.OK, follower.StatusCode));
        await ProblemAssert.IsAsync(await api.GetAsync($"/api/imports/{import.Id}/events", HttpCompletionOption.ResponseHeadersRead, Stop), HttpStatusCode.TooManyRequests);
        followers.ForEach(follower => follower.Dispose());
        await Eventually.SeeAsync(
            async () =>
            {
                using var again = await api.GetAsync($"/api/imports/{import.Id}/events", HttpCompletionOption.ResponseHeadersRead, Stop);
                return again.StatusCode;
            },
            status => status == HttpStatusCode.OK);
    }

    [Fact]
    public async Task ManySearchesLeaveTheOtherListsKept()
    {
        using var api = service.StartApi();
        for (var i = 0; i < 420; i++) await api.GetStringAsync($"/api/items?search=made-up-{i}", Stop);

        var first = (await api.GetAsync("/api/items", Stop)).Headers.ETag;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/items") { Headers = { IfNoneMatch = { first! } } };
        using var answer = await api.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }
}
