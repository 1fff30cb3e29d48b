using System.Net;
using System.Text.RegularExpressions;

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

        using var answer = await Browser.PostAsync("/items", content, Stop);

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

    private async Task<HttpResponseMessage> PostAsync(string name, string quantity, string description)
    {
        var page = await Browser.GetStringAsync("/items", Stop);
        using var content = new FormUrlEncodedContent(
        [
            new("__RequestVerificationToken", Token().Match(page).Groups[1].Value),
            new("_handler", "add-item"),
            new("Form.Name", name),
            new("Form.Quantity", quantity),
            new("Form.Description", description),
        ]);
        return await Browser.PostAsync("/items", content, Stop);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("href=\"(/items\\?cursor=[^\"]+)\"")]
    private static partial Regex Next();
}
