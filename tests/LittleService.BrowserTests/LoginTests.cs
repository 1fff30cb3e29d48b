using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

[Collection(nameof(Site))]
public sealed class LoginTests(Site site)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LoginLeadsToWhereItWasAskedForAndLogoutEndsIt(bool script)
    {
        await using var visitor = await site.VisitAsync(configure: options => options.JavaScriptEnabled = script);
        await visitor.GoAsync("/keys");

        await visitor.LogInAsync(await site.Service.AddPersonAsync());
        await Expect(visitor.Heading("API keys")).ToBeVisibleAsync();
        await visitor.Button("Log out").ClickAsync();

        await Expect(visitor.Link("Log in")).ToBeVisibleAsync();
        await visitor.GoAsync("/keys");
        await Expect(visitor.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/login"));
    }

    [Fact]
    public async Task WrongPasswordIsSaid()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/login");

        await visitor.LogInAsync(await site.Service.AddPersonAsync(), "wrong");

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(visitor.Link("Log in")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task KeyboardAloneLogsInAndAddsAnItem()
    {
        var (name, item) = (await site.Service.AddPersonAsync(Role.Writer), $"Typed {Guid.NewGuid():N}");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/login");

        await visitor.Page.Keyboard.PressAsync("Tab");
        await Expect(visitor.Link("Skip to content")).ToBeFocusedAsync();
        await visitor.TypeAsync("Name", name);
        await visitor.TypeAsync("Password", People.Password);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Button("Log out")).ToBeVisibleAsync();

        await visitor.TabToAsync(visitor.Link("Items"));
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Heading("Items")).ToBeVisibleAsync();
        await visitor.TabToAsync(visitor.Link("Add an item"));
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Heading("Add an item")).ToBeVisibleAsync();
        await visitor.TypeAsync("Name", item);
        await visitor.TypeAsync("Quantity", "3");
        await visitor.Page.Keyboard.PressAsync("Enter");

        await Expect(visitor.Heading(item)).ToBeVisibleAsync();
        Assert.Empty(visitor.Complaints);
    }
}
