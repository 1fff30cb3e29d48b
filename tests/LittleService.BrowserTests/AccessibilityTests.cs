using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using LittleService.Data.Accounts;
using Microsoft.Playwright;

namespace LittleService.BrowserTests;

/// <summary>No violation of WCAG 2.2 at the levels A and AA that axe can find, nothing cut off, and nothing that the browser complains about.</summary>
[Collection(nameof(Site))]
public sealed class AccessibilityTests(Site site)
{
    private static readonly string[] Levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

    private static readonly string[] Pages =
    [
        "/", "/items", "/items/new", "/items/0190f0c0-0000-7000-8000-000000000002", "/stats", "/imports", "/webhooks", "/keys", "/login", "/no/such/page",
        "/admin", "/admin/jobs", "/admin/jobs/0190f0c0-0000-7000-8000-000000000001", "/admin/dead-letters", "/admin/schedules", "/admin/audit", "/admin/health", "/admin/accounts",
    ];

    private static readonly string[] Looks = ["light", "dark", "phone"];

    public static TheoryData<string> AllPages() => new(Pages);

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task PageIsForEverybody(string page)
    {
        await AddSomeOfAllAsync();
        await using var admin = await site.VisitAsync(Role.Admin);
        await admin.GoAsync(page);

        foreach (var look in Looks)
        {
            await ShowAsync(admin.Page, look);
            Assert.Equal("", await ViolationsAsync(admin.Page));
            Assert.Equal(0, await admin.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        }
        Assert.DoesNotContain(admin.Complaints, complaint => !complaint.Contains("status of 404", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AxeFindsMistakes()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.Page.SetContentAsync("<html lang=en><title>Mistakes</title><input><p style='color: #aaa; background: #fff'>too pale");

        var found = await ViolationsAsync(visitor.Page);

        Assert.Contains("label: <input>", found, StringComparison.Ordinal);
        Assert.Contains("color-contrast: <p", found, StringComparison.Ordinal);
    }

    private static async Task<string> ViolationsAsync(IPage page)
    {
        var found = await page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "tag", Values = [.. Levels] } });
        Assert.NotEmpty(found.Passes);
        return string.Join("\n", found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{violation.Id}: {node.Html}")));
    }

    private static async Task ShowAsync(IPage page, string look)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = look == "dark" ? ColorScheme.Dark : ColorScheme.Light });
        await page.SetViewportSizeAsync(look == "phone" ? 360 : 1200, 740);
    }

    // An empty page has nothing to find.
    private Task AddSomeOfAllAsync() => site.Service.ExecuteAsync(
        """
        insert into jobs (id, run_at, finished_at, attempt, priority, version, state, queue, kind, payload, trace, reason)
        values ('0190f0c0-0000-7000-8000-000000000001', now(), now(), 5, 1, 1, 'dead', 'default', 'some_kind', '{"some":"payload"}',
          '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'HttpRequestException: The other side answered 500.')
        on conflict do nothing;
        insert into job_attempts (job_id, token, kind, outcome, milliseconds, worker, error)
        values ('0190f0c0-0000-7000-8000-000000000001', 1, 'some_kind', 'failed', 12, 'worker:1', 'HttpRequestException: The other side answered 500.') on conflict do nothing;
        insert into job_schedules values ('nightly', '0 3 * * * Europe/Berlin', now()) on conflict do nothing;
        insert into job_ticks (schedule, due_at, outcome, job_id) values ('nightly', date_trunc('day', now()), 'enqueued', gen_random_uuid()) on conflict do nothing;
        insert into items (id, name, quantity, description, date_added) values ('0190f0c0-0000-7000-8000-000000000002', 'Teapot', 2, 'Blue', now()) on conflict do nothing;
        insert into job_audit (actor, action, detail, jobs) values ('admin', 'pause', 'default', 0);
        """);
}
