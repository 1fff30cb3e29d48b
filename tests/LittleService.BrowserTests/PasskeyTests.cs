using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

/// <summary>Passkeys with the virtual authenticator of Chromium, which is asked as a device would be.</summary>
[Collection(nameof(Site))]
public sealed class PasskeyTests(Site site)
{
    [Fact]
    public async Task AddedPasskeySignsInWithoutANameUntilItIsRemoved()
    {
        await using var visitor = await VisitAsync();
        await using var device = await VirtualDevice.AddAsync(visitor.Page);
        var name = await SignInAsync(visitor);
        await AddPasskeyAsync(visitor, "My <b>phone</b>");
        await Expect(visitor.Heading("My <b>phone</b>")).ToBeVisibleAsync();
        await visitor.Button("Sign out").ClickAsync();

        await visitor.GoAsync("/sign-in?returnUrl=/account");
        await visitor.Button("Sign in with a passkey").ClickAsync();
        await Expect(visitor.Page.GetByText($"You are {name}")).ToBeVisibleAsync();

        await visitor.GoAsync("/account/passkeys");
        await visitor.Page.GetByText("Remove").First.ClickAsync();
        await visitor.Page.Locator("details").GetByLabel("Your current password").FillAsync(People.Password);
        await visitor.Button("Remove My <b>phone</b>").ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("The passkey is removed");
        await visitor.Button("Sign out").ClickAsync();
        await visitor.GoAsync("/sign-in");
        await visitor.Button("Sign in with a passkey").ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("This passkey is not known here");
    }

    [Fact]
    public async Task PasskeyIsASecondFactorAndACancelledOneLeavesTheCode()
    {
        await using var visitor = await VisitAsync();
        await using var device = await VirtualDevice.AddAsync(visitor.Page);
        var name = await SignInAsync(visitor);
        await AddPasskeyAsync(visitor, "Key");
        await visitor.GoAsync("/account/second-factor");
        var secret = Totp.Read(await visitor.Page.Locator("#secret").InnerTextAsync())!;
        await visitor.Page.GetByLabel("Your current password").FillAsync(People.Password);
        await visitor.Page.GetByLabel("Code of your authenticator app").FillAsync(Totp.Code(secret, DateTimeOffset.UtcNow));
        await visitor.Button("Turn on").ClickAsync();
        var codes = (await visitor.Page.Locator("#recovery-codes").InnerTextAsync()).Split('\n');
        await visitor.Button("Sign out").ClickAsync();

        await visitor.GoAsync("/sign-in");
        await visitor.SignInAsync(name);
        await visitor.Button("Sign in with a passkey").ClickAsync();
        await Expect(visitor.Button("Sign out")).ToBeVisibleAsync();
        await visitor.Button("Sign out").ClickAsync();

        await device.RefuseAsync();
        await visitor.GoAsync("/sign-in");
        await visitor.SignInAsync(name);
        await visitor.Button("Sign in with a passkey").ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No passkey was used");
        await visitor.Page.GetByLabel("Code of your authenticator app").FillAsync(codes[0]);
        await visitor.Button("Sign in").ClickAsync();
        await Expect(visitor.Button("Sign out")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task BrowserOffersThePasskeyWhereTheNameIsTyped()
    {
        await using var visitor = await VisitAsync(autofill: true);
        await using var device = await VirtualDevice.AddAsync(visitor.Page);
        var name = await SignInAsync(visitor);
        await AddPasskeyAsync(visitor, "Phone");
        await visitor.Button("Sign out").ClickAsync();

        await visitor.GoAsync("/sign-in?returnUrl=/account");

        await Expect(visitor.Page.GetByText($"You are {name}")).ToBeVisibleAsync();
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task WrongPasswordIsSaidBeforeADeviceIsAsked()
    {
        await using var visitor = await VisitAsync();
        await SignInAsync(visitor);
        await visitor.GoAsync("/account/passkeys");
        await visitor.Page.GetByLabel("Name of this device or key").FillAsync("Key");
        await visitor.Page.GetByLabel("Your current password").FillAsync("not the password");

        await visitor.Button("Add passkey").ClickAsync();

        await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The password or the code is wrong.");
    }

    // The virtual device would take the offer of autofill at once.
    private async Task<Visitor> VisitAsync(bool autofill = false)
    {
        var visitor = await site.VisitAsync();
        if (!autofill) await visitor.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = undefined");
        return visitor;
    }

    private async Task<string> SignInAsync(Visitor visitor)
    {
        var name = await site.Service.AddPersonAsync();
        await visitor.GoAsync("/sign-in");
        await visitor.SignInAsync(name);
        await Expect(visitor.Button("Sign out")).ToBeVisibleAsync();
        return name;
    }

    private static async Task AddPasskeyAsync(Visitor visitor, string name)
    {
        await visitor.GoAsync("/account/passkeys");
        await visitor.Page.GetByLabel("Name of this device or key").FillAsync(name);
        await visitor.Page.GetByLabel("Your current password").FillAsync(People.Password);
        await visitor.Button("Add passkey").ClickAsync();
        await Expect(visitor.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("The passkey is added.");
    }
}
