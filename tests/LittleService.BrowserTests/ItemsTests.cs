using LittleService.Data.Accounts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

[Collection(nameof(Site))]
public sealed class ItemsTests(Site site)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ItemIsAddedChangedAndDeleted(bool script)
    {
        var name = $"Teapot {Guid.NewGuid():N}";
        await using var writer = await site.VisitAsync(Role.Writer, options => options.JavaScriptEnabled = script);
        await writer.GoAsync("/items");

        await writer.Link("Add an item").ClickAsync();
        await writer.Page.GetByLabel("Name").FillAsync(name);
        await writer.Page.GetByLabel("Quantity").FillAsync("2");
        await writer.Button("Add item").ClickAsync();
        await Expect(Card(writer, name)).ToContainTextAsync("2");

        await writer.Link($"Edit {name}").ClickAsync();
        await writer.Page.GetByLabel("Quantity").FillAsync("1234");
        await writer.Button("Save").ClickAsync();
        await Expect(Card(writer, name)).ToContainTextAsync("1,234");

        await writer.Link($"Edit {name}").ClickAsync();
        await writer.Page.GetByText("Delete this item").ClickAsync();
        await writer.Page.Locator("button.danger").ClickAsync();
        await Expect(writer.Heading("Items")).ToBeVisibleAsync();
        await Expect(Card(writer, name)).ToHaveCountAsync(0);
        Assert.Empty(writer.Complaints);
    }

    [Fact]
    public async Task MistakeIsShownBesideItsField()
    {
        await using var writer = await site.VisitAsync(Role.Writer);
        await writer.GoAsync("/items/new");

        await writer.Page.GetByLabel("Name").FillAsync("Teapot");
        await writer.Page.GetByLabel("Quantity").FillAsync("-1");
        await writer.Button("Add item").ClickAsync();

        await Expect(writer.Page.Locator("#quantity-error")).ToContainTextAsync("whole number");
        await Expect(writer.Page.GetByLabel("Name")).ToHaveValueAsync("Teapot");
    }

    private static ILocator Card(Visitor visitor, string name) => visitor.Page.Locator("li.item", new() { HasText = name });
}
