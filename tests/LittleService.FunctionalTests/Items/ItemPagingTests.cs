namespace LittleService.FunctionalTests.Items;

public sealed class ItemPagingTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    private HttpClient Api => _service.Writer;

    [Fact]
    public async Task EmptyListIsItsOwnLastPage()
    {
        var page = await Api.ListAsync(10);

        Assert.Empty(page.Items);
        Assert.Null(page.Next);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task PagesHoldEveryItemOnceNewestFirst(int limit)
    {
        var added = await AddAsync("item", 7);

        Assert.Equal(added.Reverse(), await WalkAsync(limit));
    }

    [Fact]
    public async Task PagesStandStillWhileItemsAreAdded()
    {
        var added = await AddAsync("old", 6);

        var seen = await WalkAsync(2, between: () => AddAsync("new", 3));

        Assert.Equal(added.Reverse(), seen);
    }

    [Fact]
    public async Task ListIsReadOnWhereTheKeyOfCursorsCannotBeOpened()
    {
        var added = await AddAsync("item", 3);
        await _service.ExecuteAsync("update cursor_key set protected_key = 'encrypted with keys that are lost'");

        Assert.Equal(added.Reverse(), await WalkAsync(2));
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private async Task<Guid[]> AddAsync(string name, int count)
    {
        var ids = new Guid[count];
        for (var n = 0; n < count; n++)
        {
            ids[n] = (await Api.AddAsync($"{name} {n}")).Id;
            // Ids of one millisecond have no order among themselves.
            while (Guid.CreateVersion7().ToString()[..13] == ids[n].ToString()[..13]) await Task.Yield();
        }

        return ids;
    }

    private async Task<List<Guid>> WalkAsync(int limit, Func<Task>? between = null)
    {
        var seen = new List<Guid>();
        var page = await Api.ListAsync(limit);
        seen.AddRange(page.Items.Select(item => item.Id));
        while (page.Next is not null)
        {
            if (between is not null) await between();
            page = await Api.ListAsync(limit, page.Next);
            Assert.InRange(page.Items.Length, 1, limit);
            seen.AddRange(page.Items.Select(item => item.Id));
        }

        return seen;
    }
}
