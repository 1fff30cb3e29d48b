using System.Reflection;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

/// <summary>No violation of WCAG 2.2 at the levels A and AA that axe can find, nothing cut off, and nothing that the browser complains about.</summary>
[Collection(nameof(Site))]
public sealed class AccessibilityTests(Site site)
{
    private static readonly RunOnlyOptions All = new() { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] };

    // What a page with an id shows: a new page of this kind needs a row of its own below.
    private const string Id = "0190f0c0-0000-7000-8000-000000000001";
    private const string NoPage = "/no/such/page";

    private static readonly string[] Looks = ["light", "dark", "phone"];

    /// <summary>Every page that there is, and the one that says there is none.</summary>
    public static TheoryData<string> AllPages() => new(typeof(App).Assembly.GetTypes()
        .SelectMany(static type => type.GetCustomAttributes<RouteAttribute>()).Select(static route => route.Template.Replace("{Id:guid}", Id, StringComparison.Ordinal))
        .Append(NoPage).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task PageIsForEverybody(string page)
    {
        await using var admin = await SignInAsync();

        var answer = await admin.Page.GotoAsync(page);

        Assert.Equal(page == NoPage ? 404 : 200, answer!.Status);
        await LookAsync(admin.Page);
        Assert.DoesNotContain(admin.Complaints, complaint => !complaint.Contains("status of 404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SecondFactorIsForEverybody()
    {
        await using var admin = await SignInAsync();

        await TurnOnSecondFactorAsync(admin);

        await LookAsync(admin.Page);
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task SecondStepAndPasskeysAreForEverybody()
    {
        await using var admin = await SignInAsync();
        await admin.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = undefined");
        await using var device = await VirtualDevice.AddAsync(admin.Page);
        await admin.GoAsync("/account/passkeys");
        await admin.Page.GetByLabel("Name of this device or key").FillAsync("Phone");
        await admin.Page.GetByLabel("Your current password").FillAsync(People.Password);
        await admin.Button("Add passkey").ClickAsync();
        await Expect(admin.Heading("Phone")).ToBeVisibleAsync();
        await admin.Page.GetByText("Remove").First.ClickAsync();
        await LookAsync(admin.Page);
        var name = await admin.Page.Locator("header .account a").InnerTextAsync();
        await TurnOnSecondFactorAsync(admin);
        await admin.Button("Sign out").ClickAsync();
        await admin.GoAsync("/sign-in");

        await admin.SignInAsync(name);

        await Expect(admin.Heading("Second factor")).ToBeVisibleAsync();
        await LookAsync(admin.Page);
        Assert.Empty(admin.Complaints);
    }

    [Fact]
    public async Task AxeFindsMistakes()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.Page.SetContentAsync("<html lang=en><title>Mistakes</title><input><p style='color: #aaa; background: #fff'>too pale");

        var found = await ViolationsAsync(visitor.Page, All);

        Assert.Contains("label: <input>", found, StringComparison.Ordinal);
        Assert.Contains("color-contrast: <p", found, StringComparison.Ordinal);
    }

    private static async Task TurnOnSecondFactorAsync(Visitor visitor)
    {
        await visitor.GoAsync("/account/second-factor");
        var secret = Totp.Read(await visitor.Page.Locator("#secret").InnerTextAsync())!;
        await visitor.Page.Locator("#totp-on-password").FillAsync(People.Password);
        await visitor.Page.Locator("#totp-on-code").FillAsync(Totp.Code(secret, DateTimeOffset.UtcNow));
        await visitor.Button("Turn on").ClickAsync();
        await Expect(visitor.Heading("Your recovery codes")).ToBeVisibleAsync();
    }

    private async Task<Visitor> SignInAsync()
    {
        var name = await site.Service.AddPersonAsync(Role.Admin);
        await AddSomeOfAllAsync(name);
        var admin = await site.VisitAsync();
        await admin.GoAsync("/sign-in");
        await admin.SignInAsync(name);
        await Expect(admin.Button("Sign out")).ToBeVisibleAsync();
        return admin;
    }

    private static async Task LookAsync(IPage page)
    {
        foreach (var look in Looks)
        {
            await ShowAsync(page, look);
            // In the dark only the colours are others.
            Assert.Equal("", await ViolationsAsync(page, look == "dark" ? new() { Type = "rule", Values = ["color-contrast"] } : All));
            Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        }
    }

    private static async Task<string> ViolationsAsync(IPage page, RunOnlyOptions which)
    {
        var found = await page.RunAxe(new AxeRunOptions { RunOnly = which });
        Assert.NotEmpty(found.Passes);
        return string.Join("\n", found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}")));
    }

    private static async Task ShowAsync(IPage page, string look)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = look == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        await page.SetViewportSizeAsync(look == "phone" ? 360 : 1200, 740);
    }

    // An empty page has nothing to find.
    private Task AddSomeOfAllAsync(string name) => site.Service.ExecuteAsync(
        $$"""
        insert into jobs (id, run_at, finished_at, attempt, priority, version, state, queue, kind, payload, trace, reason)
        values ('{{Id}}', now(), now(), 5, 1, 1, 'dead', 'default', 'some_kind', '{"some":"payload"}',
          '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'HttpRequestException: The other side answered 500.')
        on conflict do nothing;
        insert into job_attempts (job_id, token, kind, outcome, milliseconds, worker, error)
        values ('{{Id}}', 1, 'some_kind', 'failed', 12, 'worker:1', 'HttpRequestException: The other side answered 500.') on conflict do nothing;
        insert into job_schedules values ('nightly', '0 3 * * * Europe/Berlin', now()) on conflict do nothing;
        insert into job_ticks (schedule, due_at, outcome, job_id) values ('nightly', date_trunc('day', now()), 'enqueued', gen_random_uuid()) on conflict do nothing;
        insert into accounts (id, name, role, totp_secret, created_at) values ('{{Id}}', 'somebody', 'writer', 'x', now()) on conflict do nothing;
        insert into items (id, name, quantity, description, date_added) values ('{{Id}}', 'Teapot', 2, 'Blue', now()) on conflict do nothing;
        insert into imports (id, owner, who, mode, state, finished_at, rows_added, rows_refused)
        select '{{Id}}', id, name, 'row-by-row', 'completed', now(), 1, 1 from accounts where name = '{{name}}' on conflict (id) do update set owner = excluded.owner;
        insert into import_errors values ('{{Id}}', 2, 'name: must not be empty') on conflict do nothing;
        insert into job_audit (actor, action, detail, jobs) values ('admin', 'pause', 'default', 0);
        """);
}
