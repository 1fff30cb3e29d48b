using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

[Collection(nameof(Site))]
public sealed class SignInTests(Site site)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SignInLeadsToWhereItWasAskedForAndSignOutEndsIt(bool script)
    {
        await using var visitor = await site.VisitAsync(configure: options => options.JavaScriptEnabled = script);
        await visitor.GoAsync("/keys");

        await visitor.SignInAsync(await site.Service.AddPersonAsync());
        await Expect(visitor.Heading("API keys")).ToBeVisibleAsync();
        await visitor.Button("Sign out").ClickAsync();

        await Expect(visitor.Link("Sign in")).ToBeVisibleAsync();
        await visitor.GoAsync("/keys");
        await Expect(visitor.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/sign-in"));
    }

    [Fact]
    public async Task WrongPasswordIsSaid()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/sign-in");

        await visitor.SignInAsync(await site.Service.AddPersonAsync(), "wrong");

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await Expect(visitor.Link("Sign in")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task KeyboardAloneSignsInAndAddsAnItem()
    {
        var (name, item) = (await site.Service.AddPersonAsync(Role.Writer), $"Typed {Guid.NewGuid():N}");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/sign-in");

        await visitor.Page.Keyboard.PressAsync("Tab");
        await Expect(visitor.Link("Skip to content")).ToBeFocusedAsync();
        await visitor.TypeAsync("Name", name);
        await visitor.TypeAsync("Password", People.Password);
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Expect(visitor.Button("Sign out")).ToBeVisibleAsync();

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
