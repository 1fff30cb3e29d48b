using System.Net;
using System.Net.Http.Json;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Items;

public sealed class ItemChangeTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Api => service.Writer;

    [Fact]
    public async Task ChangeOfTheNamedVersionIsMade()
    {
        var item = await Api.AddAsync("Before");

        using var answer = await ChangeAsync(Api, item.Id, "After", "\"1\"");
        var changed = await answer.Content.ReadFromJsonAsync<ItemView>(Stop);

        Assert.Equal((HttpStatusCode.OK, "\"2\""), (answer.StatusCode, answer.Headers.ETag!.Tag));
        Assert.Equal(changed, await Api.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop));
        Assert.Equal(("After", item.DateAdded, false), (changed!.Name, changed.DateAdded, changed.Searchable));
    }

    [Theory]
    [InlineData("\"0\"")]
    [InlineData("\"2\"")]
    [InlineData("W/\"1\"")]
    [InlineData("\"nonsense\"")]
    [InlineData("1")]
    [InlineData("\"99999999999999\"")]
    public async Task OtherVersionIsStale(string ifMatch)
    {
        var item = await Api.AddAsync("Kept");

        using var change = await ChangeAsync(Api, item.Id, "Lost", ifMatch);
        using var delete = await DeleteAsync(Api, item.Id, ifMatch);

        await ProblemAssert.IsAsync(change, HttpStatusCode.PreconditionFailed);
        await ProblemAssert.IsAsync(delete, HttpStatusCode.PreconditionFailed);
        Assert.Equal("Kept", (await Api.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("\"7\", \"1\"")]
    [InlineData("\"1s\"")]
    public async Task AnyOfTheNamedVersionsWillDo(string ifMatch)
    {
        var item = await Api.AddAsync("Before");

        using var answer = await ChangeAsync(Api, item.Id, "After", ifMatch);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task ChangeThatNamesNoVersionIsRefused()
    {
        var item = await Api.AddAsync("Kept");

        using var answer = await ChangeAsync(Api, item.Id, "Lost", null);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.PreconditionRequired);
    }

    [Fact]
    public async Task OfFiftyWhoChangeAVersionOneDoes()
    {
        var item = await Api.AddAsync("Contended");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(n => ChangeAsync(Api, item.Id, $"Winner {n}", "\"1\"")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(49, answers.Count(answer => answer.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(2, await service.ScalarAsync<int>($"select version from items where id = '{item.Id}'"));
    }

    [Fact]
    public async Task ItemOfSomebodyElseIsLeftAlone()
    {
        var item = await service.ApiAs(Role.Admin).AddAsync("Not yours");

        using var change = await ChangeAsync(Api, item.Id, "Mine", "\"1\"");
        using var delete = await DeleteAsync(Api, item.Id, null);

        await ProblemAssert.IsAsync(change, HttpStatusCode.Forbidden);
        await ProblemAssert.IsAsync(delete, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task AdminChangesAndDeletesWhatOthersAdded()
    {
        var item = await Api.AddAsync("Theirs");

        using var change = await ChangeAsync(service.ApiAs(Role.Admin), item.Id, "Better", "\"1\"");
        using var delete = await DeleteAsync(service.ApiAs(Role.Admin), item.Id, "\"2\"");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NoContent), (change.StatusCode, delete.StatusCode));
    }

    [Fact]
    public async Task DeletedItemIsGone()
    {
        var item = await Api.AddAsync("Doomed");

        using var delete = await DeleteAsync(Api, item.Id, null);
        using var get = await Api.GetAsync($"/api/items/{item.Id}", Stop);
        using var again = await DeleteAsync(Api, item.Id, null);
        using var change = await ChangeAsync(Api, item.Id, "Risen", "*");

        Assert.Equal(HttpStatusCode.NoContent, delete.StatusCode);
        await ProblemAssert.IsAsync(get, HttpStatusCode.NotFound);
        await ProblemAssert.IsAsync(again, HttpStatusCode.NotFound);
        await ProblemAssert.IsAsync(change, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task EveryChangeIsWrittenDown()
    {
        var item = await Api.AddAsync("Watched");
        using var change = await ChangeAsync(Api, item.Id, "Changed", "\"1\"");
        using var stale = await ChangeAsync(Api, item.Id, "Not changed", "\"1\"");
        using var delete = await DeleteAsync(service.ApiAs(Role.Admin), item.Id, null);

        Assert.Equal("writer item.created, writer item.changed, admin item.deleted", await service.ScalarAsync<string>(
            $"select string_agg(who || ' ' || what, ', ' order by at) from audit where subject = '{item.Id}' and length(trace) = 32 and at > now() - interval '1 hour'"));
    }

    [Theory]
    [InlineData("update audit set who = 'nobody'")]
    [InlineData("delete from audit")]
    [InlineData("truncate audit")]
    public async Task WhatIsWrittenDownStays(string sql)
    {
        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => service.ExecuteAsync(sql));

        Assert.Equal("42501", refused.SqlState);
    }

    [Fact]
    public async Task UnchangedItemIsNotSentAgain()
    {
        var item = await Api.AddAsync("Same");
        using var first = await GetAsync($"/api/items/{item.Id}", null);

        using var second = await GetAsync($"/api/items/{item.Id}", first.Headers.ETag!.Tag);
        using var change = await ChangeAsync(Api, item.Id, "Other", first.Headers.ETag!.Tag);
        using var third = await GetAsync($"/api/items/{item.Id}", first.Headers.ETag!.Tag);

        Assert.Equal((HttpStatusCode.NotModified, 0), (second.StatusCode, (await second.Content.ReadAsByteArrayAsync(Stop)).Length));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    private static async Task<HttpResponseMessage> ChangeAsync(HttpClient api, Guid id, string name, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/items/{id}") { Content = JsonContent.Create(new { name, quantity = 2, description = "" }) };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await api.SendAsync(request, Stop);
    }

    private static async Task<HttpResponseMessage> DeleteAsync(HttpClient api, Guid id, string? ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"/api/items/{id}");
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await api.SendAsync(request, Stop);
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string? ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await Api.SendAsync(request, Stop);
    }
}
