using System.Net;
using System.Net.Http.Json;

namespace LittleService.FunctionalTests.Items;

public sealed class ItemSearchTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Api => _service.Writer;

    [Fact]
    public async Task SearchFindsItemsWhoseWordsBeginWithAllOfItsOwn()
    {
        await AddAllAsync("Green lamp", "Green chair", "Lampshade, red", "Über-Größe");

        Assert.Equal(["Green lamp", "Lampshade, red"], await FindAsync("lamp"));
        Assert.Equal(["Green lamp"], await FindAsync("LAMP gre"));
        Assert.Equal(["Über-Größe"], await FindAsync("größe"));
        Assert.Equal(["Green chair", "Green lamp", "Lampshade, red", "Über-Größe"], await FindAsync("  "));
        Assert.Empty(await FindAsync("amp"));
        Assert.Empty(await FindAsync("*"));
    }

    [Fact]
    public async Task WordsAreThoseThatPeopleSee()
    {
        (string Name, string Search)[] pairs =
        [
            ("Lamp-42", "42"),
            ("Lamp-42", "lamp-42"),
            ("Black/White mug", "white"),
            ("v2.0 beta", "2.0"),
            ("v2.0 beta", "v2"),
            ("3.5mm jack", "3.5"),
            ("3.5mm jack", "mm"),
            ("USB-C cable", "c"),
            ("foo@example.com", "example"),
            ("https://example.com/path/to", "path"),
            ("-42 +5 1e5", "42 5 1e5"),
            ("snake_case", "case"),
            ("O'Brien", "brien"),
            ("O’Brien", "obrien"),
            ("OBrien", "O'Brien"),
            ("Café", "cafe"),
            ("Cafe\u0301", "CAFÉ"),
            ("ÄPFEL", "äpf"),
            ("Ｌａｍｐ ４２", "lamp 42"),
            ("日本語、テキスト", "テキ"),
            ("хлеб—молоко", "МОЛОКО"),
            ("Lamp\u00a0red", "red"),
            ("Fox 🦊", "🦊"),
        ];
        await AddAllAsync([.. pairs.Select(pair => pair.Name).Distinct(), "Something else"]);

        foreach (var (name, search) in pairs)
        {
            var found = await FindAsync(search);
            Assert.Contains(name, found);
            Assert.DoesNotContain("Something else", found);
        }
    }

    [Fact]
    public async Task LongWordsAndLongSearchesAreSearched()
    {
        using var answer = await Api.PostAsJsonAsync("/api/items", new { name = "Long", quantity = 1, description = new string('漢', 2000) }, Stop);
        await AddAllAsync("Short");

        Assert.Equal(["Long"], await FindAsync(new string('漢', 200)));
        Assert.Empty(await FindAsync(string.Join(' ', Enumerable.Repeat("a", 100))));
    }

    [Fact]
    public async Task NamesAreInTheOrderOfTheAlphabetWhateverTheLocaleOfTheDatabase()
    {
        string[] sorted = ["apple", "Äpfel 2", "äpfel 10", "éclair", "Lamp 2", "Lamp 10", "Zebra", "ζ"];
        string[] expected = ["Äpfel 2", "äpfel 10", "apple", "éclair", "Lamp 2", "Lamp 10", "Zebra", "ζ"];
        foreach (var name in sorted.Reverse()) await Api.AddAsync(name);

        Assert.Equal(expected, (await GetAsync("sort=name")).Items.Select(item => item.Name));
        Assert.Equal(expected.Reverse(), (await GetAsync("sort=-name")).Items.Select(item => item.Name));
        Assert.Equal(expected.Skip(3).Take(2), (await GetAsync($"sort=name&limit=2&cursor={(await GetAsync("sort=name&limit=3")).Next}")).Items.Select(item => item.Name));
        Assert.Equal("people", await _service.ScalarAsync<string>("select collname::text from pg_collation where oid = any(select indcollation[0] from pg_index where indexrelid = 'items_by_name_people'::regclass)"));
    }

    [Fact]
    public async Task NothingTypedIsMoreThanWords()
    {
        await AddAllAsync("Only item");

        foreach (var search in (string[])
            ["'", "\\", "' | 'b", "a:* & !b", "%", "_", "'; drop table items; --", "\" or 1=1", "<a href='x'>", "http://a/b\\c'd?e=f", "🦊", "((((("])
            Assert.Empty(await FindAsync(search));
    }

    [Fact]
    public async Task ChangedItemIsFoundByItsNewWords()
    {
        await AddAllAsync("Old words");
        var item = (await Api.ListAsync(1)).Items[0];
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/items/{item.Id}") { Content = JsonContent.Create(new { name = "New words", quantity = 1, description = "" }) };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        using var change = await Api.SendAsync(request, Stop);

        await IndexedAsync();

        Assert.Empty(await FindAsync("old"));
        Assert.Equal(["New words"], await FindAsync("new"));
    }

    [Theory]
    [InlineData("-added")]
    [InlineData("added")]
    [InlineData("name")]
    [InlineData("-name")]
    [InlineData("quantity")]
    [InlineData("-quantity")]
    public async Task PagesOfEveryOrderHoldEveryItemOnce(string sort)
    {
        var seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var n = 0; n < 23; n++) await Api.AddAsync(new string((char)('a' + random.Next(3)), random.Next(1, 4)) + " '\"é🦊"[..random.Next(4)], random.Next(4));

        var whole = (await GetAsync($"limit=100&sort={sort}")).Items;
        var paged = new List<ItemView>();
        for (string? cursor = null; paged.Count < whole.Length;)
        {
            var page = await GetAsync($"limit={random.Next(1, 6)}&sort={sort}{(cursor is null ? "" : $"&cursor={cursor}")}");
            paged.AddRange(page.Items);
            cursor = page.Next;
        }

        Assert.Equal(whole, paged);
        Assert.Equal(23, whole.DistinctBy(item => item.Id).Count());
        Assert.Equal(Sorted(whole, sort), whole.Select(item => Key(item, sort)));
    }

    [Fact]
    public async Task CursorOfAnotherListIsRefused()
    {
        for (var n = 0; n < 3; n++) await Api.AddAsync($"item {n}");
        await using var stranger = new Service(servers);
        await stranger.InitializeAsync();
        for (var n = 0; n < 3; n++) await stranger.Writer.AddAsync($"item {n}");
        var cursor = (await Api.ListAsync(1)).Next!;

        foreach (var query in (string[])[$"cursor={cursor}&sort=name", $"cursor={cursor}&search=item", $"cursor={(await stranger.Writer.ListAsync(1)).Next}", $"cursor={cursor[..^1]}"])
        {
            using var answer = await Api.GetAsync("/api/items?" + query, Stop);
            await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        }
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static IEnumerable<long> Sorted(ItemView[] items, string sort) =>
        sort[0] == '-' ? items.Select(item => Key(item, sort)).OrderDescending() : items.Select(item => Key(item, sort)).Order();

    // How text is ordered is for the database to say; here it is enough that quantities and dates are, these to the millisecond of an id.
    private static long Key(ItemView item, string sort) => sort.TrimStart('-') switch { "quantity" => item.Quantity, "name" => 0, _ => item.DateAdded.ToUnixTimeMilliseconds() };

    private async Task AddAllAsync(params string[] names)
    {
        foreach (var name in names) await Api.AddAsync(name);
        await IndexedAsync();
    }

    private async Task IndexedAsync()
    {
        _service.StartWorker();
        await Eventually.SeeAsync(() => _service.ScalarAsync<long>("select count(*) from items where search is null"), count => count == 0);
    }

    private Task<ItemPageView> GetAsync(string query) => Api.GetFromJsonAsync<ItemPageView>("/api/items?" + query, Stop)!;

    private async Task<string[]> FindAsync(string search) =>
        [.. (await GetAsync($"sort=name&search={Uri.EscapeDataString(search)}")).Items.Select(item => item.Name)];
}
