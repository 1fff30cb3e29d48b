using System.Net;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Http;

public sealed class RateLimitTests(Servers servers) : IAsyncLifetime
{
    private const string Item = """{"name":"a","quantity":1}""";
    private static readonly (string Key, string Value)[] ThreeADay =
        // A Redis that is merely slow must not make a replica count for itself.
        [("RateLimits:Writes", "3"), ("RateLimits:Window", "1.00:00:00"), ("RateLimits:RedisTimeout", "00:00:30")];
    private readonly Service _service = new(servers);

    [Fact]
    public async Task LimitHoldsAcrossReplicas()
    {
        var (one, other) = (_service.StartApi(ThreeADay).As(Role.Writer), _service.StartApi(ThreeADay).As(Role.Writer));

        var answers = new List<HttpResponseMessage>();
        foreach (var replica in (HttpClient[])[one, other, one, other, one]) answers.Add(await replica.PostRawAsync(Item));

        Assert.Equal([201, 201, 201, 429, 429], answers.Select(answer => (int)answer.StatusCode));
        Assert.Equal(["2", "1", "0", "0", "0"], answers.Select(answer => Assert.Single(answer.Headers.GetValues("RateLimit-Remaining"))));
        Assert.All(answers, answer => Assert.Equal("3", Assert.Single(answer.Headers.GetValues("RateLimit-Limit"))));
        Assert.InRange(answers[^1].Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        await ProblemAssert.IsAsync(answers[^1], HttpStatusCode.TooManyRequests);
        Assert.Equal(3, await _service.ScalarAsync<long>("select count(*) from items"));
    }

    [Fact]
    public async Task EachCallerHasALimitOfItsOwn()
    {
        var api = _service.StartApi(ThreeADay).As(Role.Writer);
        for (var n = 0; n < 4; n++) await api.PostRawAsync(Item);

        using var other = await api.As(Role.Admin).PostRawAsync(Item);

        Assert.Equal(HttpStatusCode.Created, other.StatusCode);
    }

    [Fact]
    public async Task ReadingIsNotCounted()
    {
        var api = _service.StartApi(ThreeADay);

        for (var n = 0; n < 5; n++)
        {
            using var answer = await api.GetAsync("/api/items", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task WithoutRedisEachReplicaCountsForItself()
    {
        var api = _service.StartApi([.. ThreeADay, ("ConnectionStrings:redis", "127.0.0.1:1")]).As(Role.Writer);

        var statuses = new List<HttpStatusCode>();
        for (var n = 0; n < 4; n++) statuses.Add((await api.PostRawAsync(Item)).StatusCode);

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.TooManyRequests], statuses);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
