using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Items;

public sealed partial class ItemsPageTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Browser => service.Writer;

    [Fact]
    public async Task FormAddsAnItemAndLeadsBackToTheList()
    {
        using var answer = await PostAsync("Teapot", "2", "Blue");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Matches("/items#item-[0-9a-f-]{36}$", answer.Headers.Location!.ToString());
        Assert.Contains(">Teapot</h3>", await Browser.GetStringAsync("/items", Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "1", "", "name", "Give the item a name.")]
    [InlineData("   ", "1", "", "name", "Give the item a name.")]
    [InlineData("a", "", "", "quantity", "Say how many there are.")]
    [InlineData("a", "-1", "", "quantity", "The quantity is a whole number from 0 to 2147483647.")]
    [InlineData("a", "1.5", "", "quantity", "is not valid")]
    [InlineData("a", "99999999999", "", "quantity", "is not valid")]
    public async Task MistakeIsShownBesideItsField(string name, string quantity, string description, string field, string message)
    {
        var before = await service.ScalarAsync<long>("select count(*) from items");

        using var answer = await PostAsync(name, quantity, description);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Stop));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches($"id=\"{field}-error\"><div class=\"validation-message\">[^<]*{Regex.Escape(message)}", page);
        Assert.Equal(before, await service.ScalarAsync<long>("select count(*) from items"));
    }

    [Fact]
    public async Task TooLongTextIsShownBesideItsField()
    {
        using var answer = await PostAsync(new string('n', 201), "1", new string('d', 2001));
        var page = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("A name has at most 200 characters.", page, StringComparison.Ordinal);
        Assert.Contains("A description has at most 2000 characters.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasTypedIsKeptAfterAMistake()
    {
        using var answer = await PostAsync("Kept <name>", "-1", "Kept text");
        var page = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Contains("value=\"Kept &lt;name&gt;\"", page, StringComparison.Ordinal);
        Assert.Contains("Kept text</textarea>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormWithoutItsTokenIsRefused()
    {
        using var content = new FormUrlEncodedContent([new("_handler", "add-item"), new("Form.Name", "Forged"), new("Form.Quantity", "1")]);

        using var answer = await Browser.PostAsync("/items/new", content, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(0, await service.ScalarAsync<long>("select count(*) from items where name = 'Forged'"));
    }

    [Fact]
    public async Task TextThatCannotBeStoredIsRefused()
    {
        using var answer = await PostAsync("a\0b", "1", "");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task TextOfAnItemIsNeverMarkup()
    {
        await Browser.AddAsync("<script>alert(1)</script>", description: "\"><img src=x onerror=alert(1)>");

        var page = await Browser.GetStringAsync("/items", Stop);

        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListLeadsToOlderItems()
    {
        for (var n = 0; n < 25; n++) await Browser.AddAsync($"Paged {n}");

        var first = await Browser.GetStringAsync("/items", Stop);
        var second = await Browser.GetStringAsync(Next().Match(first).Groups[1].Value, Stop);

        Assert.Equal(20, first.Split("<li ").Length - 1);
        Assert.Contains("Paged 0", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadLinkIsAClearError()
    {
        using var answer = await Browser.GetAsync("/items?cursor=nonsense", Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("does not lead to a page", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task EditFormChangesTheItem()
    {
        var item = await Browser.AddAsync("Chair", 4, "Oak");

        using var answer = await EditAsync(item.Id, await Browser.GetStringAsync($"/items/{item.Id}", Stop), "Armchair");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("Armchair", (await Browser.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
    }

    [Fact]
    public async Task WhoComesSecondIsShownWhatChangedAndKeepsWhatWasTyped()
    {
        var item = await Browser.AddAsync("Vase");
        var opened = await Browser.GetStringAsync($"/items/{item.Id}", Stop);
        using var first = await EditAsync(item.Id, opened, "Blue vase");

        using var second = await EditAsync(item.Id, opened, "Red vase");
        var page = await second.Content.ReadAsStringAsync(Stop);
        using var again = await EditAsync(item.Id, page, "Red vase");

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Conflict, HttpStatusCode.Redirect), (first.StatusCode, second.StatusCode, again.StatusCode));
        Assert.Contains(">Blue vase</h3>", page, StringComparison.Ordinal);
        Assert.Contains("value=\"Red vase\"", page, StringComparison.Ordinal);
        Assert.Equal("Red vase", (await Browser.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
    }

    [Fact]
    public async Task ConfirmedDeletionRemovesTheItem()
    {
        var item = await Browser.AddAsync("Doomed");
        var page = await Browser.GetStringAsync($"/items/{item.Id}", Stop);

        using var answer = await SendAsync($"/items/{item.Id}", page, "delete-item");
        using var gone = await Browser.GetAsync($"/items/{item.Id}", Stop);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.DoesNotContain("Doomed", await Browser.GetStringAsync("/items", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItemOfSomebodyElseIsNotChanged()
    {
        var item = await service.ApiAs(Role.Admin).AddAsync("Not yours");

        using var answer = await EditAsync(item.Id, await Browser.GetStringAsync($"/items/{item.Id}", Stop), "Mine");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("Not yours", (await Browser.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
        Assert.DoesNotContain($"href=\"/items/{item.Id}\"", await Browser.GetStringAsync("/items", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListIsSortedAsAsked()
    {
        await Browser.AddAsync("! first", 2_000_000_000);

        Assert.StartsWith("! first", await FirstAsync("name"), StringComparison.Ordinal);
        Assert.StartsWith("! first", await FirstAsync("-quantity"), StringComparison.Ordinal);

        async Task<string> FirstAsync(string sort) => (await Browser.GetStringAsync($"/items?search=&sort={sort}", Stop)).Split("<h3 dir=\"auto\">")[1];
    }

    [Theory]
    [InlineData("?sort=price")]
    [InlineData("?search=%00")]
    [InlineData("?sort=name;drop%20table%20items")]
    public async Task BadListArgumentIsAClearError(string query)
    {
        using var answer = await Browser.GetAsync("/items" + query, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> PostAsync(string name, string quantity, string description) => await SendAsync(
        "/items/new", await Browser.GetStringAsync("/items/new", Stop), "add-item", new("Form.Name", name), new("Form.Quantity", quantity), new("Form.Description", description));

    private Task<HttpResponseMessage> EditAsync(Guid id, string page, string name) => SendAsync(
        $"/items/{id}", page, "change-item", new("Form.Name", name), new("Form.Quantity", "1"), new("Form.Version", Version().Match(page).Groups[1].Value));

    private async Task<HttpResponseMessage> SendAsync(string address, string page, string form, params KeyValuePair<string, string>[] fields)
    {
        using var content = new FormUrlEncodedContent([new("__RequestVerificationToken", Token().Match(page).Groups[1].Value), new("_handler", form), .. fields]);
        return await Browser.PostAsync(address, content, Stop);
    }

    [GeneratedRegex("name=\"Form.Version\" value=\"([0-9]+)\"")]
    private static partial Regex Version();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("href=\"(/items\\?cursor=[^\"]+)\"")]
    private static partial Regex Next();
}
