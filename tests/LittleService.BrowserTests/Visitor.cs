using LittleService.FunctionalTests.Accounts;
using Microsoft.Playwright;

namespace LittleService.BrowserTests;

/// <summary>Somebody with a browser. What the browser complains about is kept: a blocked script or style is a mistake of ours.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public Visitor(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") Complaints.Add(message.Text);
        };
        Page.PageError += (_, error) => Complaints.Add(error);
    }

    public IPage Page { get; }

    public List<string> Complaints { get; } = [];

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name });

    public Task GoAsync(string address) => Page.GotoAsync(address);

    /// <summary>Fills in the page for signing in, which is open.</summary>
    public async Task SignInAsync(string name, string password = People.Password)
    {
        await Page.GetByLabel("Name").FillAsync(name);
        await Page.GetByLabel("Password").FillAsync(password);
        await Button("Sign in").ClickAsync();
    }

    /// <summary>Presses Tab until the element has the focus.</summary>
    public async Task TabToAsync(ILocator element)
    {
        for (var presses = 0; !await element.EvaluateAsync<bool>("element => element === document.activeElement"); presses++)
        {
            Assert.True(presses < 50, $"The keyboard does not reach {element}.");
            await Page.Keyboard.PressAsync("Tab");
        }
    }

    /// <summary>Goes to the field by Tab and types.</summary>
    public async Task TypeAsync(string label, string text)
    {
        await TabToAsync(Page.GetByLabel(label));
        await Page.Keyboard.TypeAsync(text);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
