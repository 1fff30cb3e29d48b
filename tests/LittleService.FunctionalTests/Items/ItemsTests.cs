using System.Net;
using System.Net.Http.Json;

namespace LittleService.FunctionalTests.Items;

public sealed class ItemsTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Api => service.Writer;

    [Fact]
    public async Task AddedItemIsFoundWhereTheAnswerSays()
    {
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);

        using var answer = await Api.PostAsJsonAsync("/api/items", new { name = "Lamp", quantity = 3, description = "Brass" }, Stop);
        var added = await answer.Content.ReadFromJsonAsync<ItemView>(Stop);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(("Lamp", 3, "Brass", false), (added!.Name, added.Quantity, added.Description, added.Searchable));
        Assert.InRange(added.DateAdded, before, DateTimeOffset.UtcNow.AddSeconds(1));
        var found = await Api.GetFromJsonAsync<ItemView>(answer.Headers.Location, Stop);
        Assert.Equal(added with { Searchable = found!.Searchable }, found);
    }

    [Fact]
    public async Task IdAndDateOfAClientAreIgnored()
    {
        var id = Guid.NewGuid();

        using var answer = await Api.PostAsJsonAsync("/api/items", new { id, name = "Own", quantity = 0, dateAdded = "2001-01-01T00:00:00Z", searchable = true }, Stop);
        var added = await answer.Content.ReadFromJsonAsync<ItemView>(Stop);

        Assert.NotEqual(id, added!.Id);
        Assert.True(added.DateAdded.Year > 2001);
        Assert.False(added.Searchable);
    }

    [Theory]
    [InlineData("🦊👩‍👩‍👧 fox")]
    [InlineData("مرحبا بالعالم")]
    [InlineData("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢")]
    [InlineData("e\u0301 is not \u00e9")]
    [InlineData("\u202Eright to left\u202C \uFEFF \u200B")]
    [InlineData("'; drop table items; -- \\ \" <script>alert(1)</script> {{7*7}} %s")]
    public async Task TextComesBackAsItWasSent(string text)
    {
        var lines = text + "\r\n\ttab";
        var added = await Api.AddAsync(text, description: lines);

        var found = await Api.GetFromJsonAsync<ItemView>($"/api/items/{added.Id}", Stop);

        Assert.Equal((text, lines), (found!.Name, found.Description));
        Assert.Equal(text, await service.ScalarAsync<string>($"select name from items where id = '{added.Id}'"));
    }

    [Fact]
    public async Task LongestTextIsTaken()
    {
        var added = await Api.AddAsync(string.Concat(Enumerable.Repeat("🦊", 100)), int.MaxValue, new string('d', 2000));

        Assert.Equal(int.MaxValue, added.Quantity);
    }
}
