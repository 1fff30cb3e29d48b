using System.Net;
using System.Net.Http.Json;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Http;

public sealed class IdempotencyTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static string NewKey() => Guid.NewGuid().ToString();

    [Fact]
    public async Task RepeatedRequestGetsTheSameAnswer()
    {
        var key = NewKey();
        using var first = await AddAsync(key, "Once");
        var text = await first.Content.ReadAsStringAsync(Stop);
        await service.ExecuteAsync("update items set quantity = 77 where name = 'Once'");

        using var second = await AddAsync(key, "Once");

        Assert.Equal((HttpStatusCode.Created, first.Headers.Location), (second.StatusCode, second.Headers.Location));
        Assert.Equal(text, await second.Content.ReadAsStringAsync(Stop));
        Assert.Equal(1, await CountAsync("Once"));
    }

    [Fact]
    public async Task OtherRequestUnderAKeyIsRefused()
    {
        var key = NewKey();
        using var first = await AddAsync(key, "First");

        using var second = await AddAsync(key, "Second");

        await ProblemAssert.IsAsync(second, HttpStatusCode.UnprocessableEntity);
        Assert.Equal(0, await CountAsync("Second"));
    }

    [Fact]
    public async Task FiftyAtOnceAddOneItem()
    {
        var key = NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AddAsync(key, "Fifty")));
        var items = await Task.WhenAll(answers.Select(answer => answer.Content.ReadFromJsonAsync<ItemView>(Stop)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Single(items.Distinct());
        Assert.Equal(1, await CountAsync("Fifty"));
        Assert.Equal(1, await service.ScalarAsync<long>($"select count(*) from audit where subject = '{items[0]!.Id}'"));
    }

    [Fact]
    public async Task OfTwoRequestsAtOnceUnderAKeyOneIsDone()
    {
        var key = NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => AddAsync(key, $"Either {n % 2}")));

        Assert.Equal((25, 25), (answers.Count(answer => answer.StatusCode == HttpStatusCode.Created), answers.Count(answer => answer.StatusCode == HttpStatusCode.UnprocessableEntity)));
        Assert.Equal(1, await CountAsync("Either 0") + await CountAsync("Either 1"));
    }

    [Fact]
    public async Task KeyIsKnownToItsCallerAlone()
    {
        var key = NewKey();
        using var mine = await AddAsync(key, "Shared");

        using var theirs = await AddAsync(key, "Shared", Role.Admin);

        Assert.Equal(HttpStatusCode.Created, theirs.StatusCode);
        Assert.Equal(2, await CountAsync("Shared"));
    }

    [Fact]
    public async Task ExpiredKeyIsFreeAgain()
    {
        var key = NewKey();
        using var first = await AddAsync(key, "Yesterday");
        await service.ExecuteAsync($"update idempotency_keys set created_at = now() - interval '25 hours' where key = '{key}'");

        using var second = await AddAsync(key, "Today");

        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(1, await CountAsync("Today"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tab\tbed")]
    [InlineData(256)]
    public async Task BadKeyIsRefused(object key)
    {
        using var answer = await AddAsync(key is int length ? new string('k', length) : (string)key, "Bad key");

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(0, await CountAsync("Bad key"));
    }

    private Task<long> CountAsync(string name) => service.ScalarAsync<long>($"select count(*) from items where name = '{name}'");

    private async Task<HttpResponseMessage> AddAsync(string key, string name, Role role = Role.Writer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/items") { Content = JsonContent.Create(new { name, quantity = 1 }) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await service.ApiAs(role).SendAsync(request, Stop);
    }
}
