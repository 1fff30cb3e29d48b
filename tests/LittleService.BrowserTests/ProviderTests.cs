using LittleService.FunctionalTests.Accounts;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

/// <summary>An identity provider as a browser sees it, which looks at where a form leads in the end.</summary>
[Collection(nameof(Site))]
public sealed class ProviderTests(Site site)
{
    [Fact]
    public async Task ProviderSignsInAndOut()
    {
        await using var provider = await new IdentityProvider().StartAsync();
        using var api = site.Service.StartApi(
            ("environment", "Development"), ("Accounts:OpenIdConnect:Authority", provider.Address), ("Accounts:OpenIdConnect:DisplayName", "Our staff"),
            ("Accounts:OpenIdConnect:ClientId", IdentityProvider.ClientId), ("Accounts:OpenIdConnect:ClientSecret", IdentityProvider.ClientSecret));
        await using var visitor = await site.VisitAsync(configure: options => options.BaseURL = $"http://localhost:{api.BaseAddress!.Port}");

        await visitor.GoAsync("/sign-in?returnUrl=/account");
        await visitor.Link("Sign in with Our staff").ClickAsync();
        await Expect(visitor.Page.GetByText($"You are {provider.UserName}")).ToBeVisibleAsync();
        await visitor.Button("Sign out").ClickAsync();

        await Expect(visitor.Link("Sign in")).ToBeVisibleAsync();
        Assert.Equal(1, provider.SignedOut);
        Assert.Empty(visitor.Complaints);
    }
}
