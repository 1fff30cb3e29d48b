using System.Net;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Imports;

namespace LittleService.FunctionalTests.Http;

/// <summary>HEAD is GET without a body, on every route there is; and a method that a route has not says which it has.</summary>
public sealed class HeadTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("/items")]
    [InlineData("/items?sort=nonsense")]
    [InlineData("/sign-in")]
    [InlineData("/stats")]
    [InlineData("/site.css")]
    [InlineData("/health")]
    [InlineData("/api/items")]
    [InlineData("/api/items?limit=0")]
    [InlineData("/api/items/00000000-0000-7000-8000-000000000000")]
    [InlineData("/api/stats")]
    [InlineData("/api/session")]
    [InlineData("/api/keys")]
    [InlineData("/api/imports")]
    [InlineData("/api/webhooks")]
    [InlineData("/admin")]
    [InlineData("/nothing")]
    public async Task HeadHasTheStatusAndTheTypeOfGet(string path)
    {
        using var get = await service.ApiAs(Role.Admin).GetAsync(path, Stop);
        using var head = await service.ApiAs(Role.Admin).SendAsync(new(HttpMethod.Head, path), Stop);

        Assert.Equal(get.StatusCode, head.StatusCode);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Headers.CacheControl, head.Headers.CacheControl);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Stop));
    }

    [Fact]
    public async Task HeadOfAListIsConditionalToo()
    {
        using var get = await service.Client.GetAsync("/api/items", Stop);
        using var request = new HttpRequestMessage(HttpMethod.Head, "/api/items") { Headers = { IfNoneMatch = { get.Headers.ETag! } } };
        using var head = await service.Client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NotModified, head.StatusCode);
    }

    [Fact]
    public async Task HeadIsNoVisit()
    {
        using var before = await service.Client.GetAsync("/", Stop);
        for (var i = 0; i < 5; i++) (await service.Client.SendAsync(new(HttpMethod.Head, "/"), Stop)).Dispose();

        var pages = (await before.Content.ReadAsStringAsync(Stop), await service.Client.GetStringAsync("/", Stop));
        Assert.Equal(Number(pages.Item1) + 1, Number(pages.Item2));

        static int Number(string page) => int.Parse(page.Split("<strong id=\"visits\">")[1].Split('<')[0], null);
    }

    [Fact]
    public async Task HeadOfAStreamEnds()
    {
        var import = await service.Writer.ImportAsync("name,quantity\nLamp,1");

        using var head = await service.Writer.SendAsync(new(HttpMethod.Head, $"/api/imports/{import.Id}/events"), Stop);

        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (head.StatusCode, head.Content.Headers.ContentType?.MediaType));
    }

    [Theory]
    [InlineData("/api/items", "GET, HEAD, POST")]
    [InlineData("/api/items/00000000-0000-7000-8000-000000000000", "DELETE, GET, HEAD, PUT")]
    public async Task OptionsTellsWhatARouteHas(string path, string methods)
    {
        using var answer = await service.Client.SendAsync(new(HttpMethod.Options, path), Stop);

        Assert.Equal((HttpStatusCode.NoContent, methods), (answer.StatusCode, string.Join(", ", answer.Content.Headers.Allow.Order())));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    [InlineData("NONSENSE")]
    public async Task MethodThatARouteHasNotSaysWhichItHas(string method)
    {
        foreach (var path in (string[])["/api/items", "/api/keys", "/api/imports", "/api/webhooks", "/api/stats", "/api/events"])
        {
            using var answer = await service.ApiAs(Role.Admin).SendAsync(new(new(method), path), Stop);

            await ProblemAssert.IsAsync(answer, HttpStatusCode.MethodNotAllowed);
            Assert.NotEmpty(answer.Content.Headers.Allow);
        }
    }
}
