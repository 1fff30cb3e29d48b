using System.Net;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Imports;

/// <summary>No worker runs. What a page is, is tested with items, which share it; here, that imports have pages.</summary>
public sealed class ImportPagingTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private DateTimeOffset _time = DateTimeOffset.UtcNow;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Api => _service.Writer;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task PagesHoldEveryImportOnceNewestFirstThoughOthersAreAdded(int limit)
    {
        var added = await AddAsync("writer", 7);
        await AddAsync("admin", 7);
        var seen = new List<Guid>();

        for (string? next = ""; next is not null;)
        {
            var page = await Api.ListImportsAsync($"?limit={limit}{next}");
            Assert.InRange(page.Items.Length, 1, limit);
            seen.AddRange(page.Items.Select(import => import.Id));
            next = page.Next is null ? null : $"&cursor={page.Next}";
            await AddAsync("writer", 3);
        }

        Assert.Equal(added.Reverse(), seen);
    }

    [Fact]
    public async Task PageHoldsFiftyWhereNothingElseIsSaid()
    {
        await AddAsync("writer", 51);

        Assert.Equal(50, (await Api.ListImportsAsync("")).Items.Length);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?limit=x")]
    [InlineData("?cursor=")]
    [InlineData("?cursor=nonsense")]
    public async Task BadQueryIsRefused(string query)
    {
        using var answer = await Api.GetAsync($"/api/imports{query}", Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task CursorOfAnotherListOrAccountIsRefused()
    {
        await AddAsync("writer", 2);
        await Api.AddAsync("one");
        await Api.AddAsync("two");
        var (ofItems, ofImports) = ((await Api.ListAsync(1)).Next, (await Api.ListImportsAsync("?limit=1")).Next);

        using var items = await Api.GetAsync($"/api/imports?cursor={ofItems}", Stop);
        using var stranger = await _service.ApiAs(Role.Admin).GetAsync($"/api/imports?cursor={ofImports}", Stop);

        await ProblemAssert.IsAsync(items, HttpStatusCode.BadRequest);
        await ProblemAssert.IsAsync(stranger, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task PageOfImportsLeadsToOlderOnesAndBack()
    {
        var added = await AddAsync("writer", 21);

        var first = await Api.GetStringAsync("/imports", Stop);
        var older = await Api.GetStringAsync(System.Text.RegularExpressions.Regex.Match(first, "<a href=\"([^\"]+)\" rel=\"next\">").Groups[1].Value, Stop);
        using var bad = await Api.GetAsync("/imports?cursor=nonsense", Stop);

        Assert.DoesNotContain($"/imports/{added[0]}", first, StringComparison.Ordinal);
        Assert.Contains($"/imports/{added[0]}", older, StringComparison.Ordinal);
        Assert.DoesNotContain($"/imports/{added[1]}", older, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/imports\">Newest imports</a>", older, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", older, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("does not lead to a page", await bad.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    // Ids of one millisecond have no order among themselves.
    private async Task<Guid[]> AddAsync(string account, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7(_time = _time.AddMilliseconds(1))).ToArray();
        foreach (var id in ids)
            await _service.ExecuteAsync($"insert into imports (id, owner, who, mode, state) select '{id}', id, name, 'row-by-row', 'waiting' from accounts where name = '{account}'");
        return ids;
    }
}
