using System.Net;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Http;

public sealed class SnapshotCacheTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoReplicaMissesAWriteOfAnother()
    {
        var (one, other) = (service.Writer, service.StartApi());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var readers = Enumerable.Range(0, 3).Select(_ => ReadUntilAsync(other, stop.Token)).ToArray();

        for (var n = 0; n < 50; n++)
        {
            var item = await one.AddAsync($"Fresh {n}");
            Assert.Contains((await other.ListAsync(5)).Items, found => found.Id == item.Id);
            Assert.Contains($">Fresh {n}</h3>", await other.GetStringAsync("/items", Stop), StringComparison.Ordinal);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Theory]
    [InlineData("/api/items?limit=3")]
    [InlineData("/items?sort=name")]
    public async Task UnchangedListIsNotSentAgain(string address)
    {
        var (one, other) = (service.Client, service.StartApi());
        using var first = await GetAsync(one, address, null);

        using var same = await GetAsync(other, address, first.Headers.ETag!.Tag);
        await service.Writer.AddAsync("0 a new one");
        using var changed = await GetAsync(other, address, first.Headers.ETag!.Tag);

        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (same.StatusCode, changed.StatusCode));
        Assert.True(first.Headers.CacheControl!.NoCache);
        Assert.Empty(await same.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task WhatIsKeptForAllShowsNothingOfOne()
    {
        await service.Writer.GetStringAsync("/items", Stop);
        var anonymous = await service.Client.GetStringAsync("/items", Stop);
        var writer = await service.Writer.GetStringAsync("/items", Stop);

        Assert.DoesNotContain("/items/new", anonymous, StringComparison.Ordinal);
        Assert.Contains("/items/new", writer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RefusalIsNotKept()
    {
        for (var n = 0; n < 2; n++)
        {
            using var answer = await service.Client.GetAsync("/api/items?limit=0", Stop);
            await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        }
    }

    private static async Task ReadUntilAsync(HttpClient api, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested) Assert.InRange((await api.ListAsync(1)).Items.Length, 0, 1);
    }

    private static async Task<HttpResponseMessage> GetAsync(HttpClient api, string address, string? ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await api.SendAsync(request, Stop);
    }
}
