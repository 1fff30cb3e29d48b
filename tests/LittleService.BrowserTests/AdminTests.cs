using LittleService.Data.Accounts;
using LittleService.FunctionalTests;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

[Collection(nameof(Site))]
public sealed class AdminTests(Site site)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DeadJobIsFoundReplayedAndRuns(bool script)
    {
        var id = await AddDeadJobAsync();
        await using var admin = await site.VisitAsync(Role.Admin, options => options.JavaScriptEnabled = script);

        await admin.GoAsync("/admin");
        await admin.Link("Jobs").ClickAsync();
        await admin.Page.GetByLabel("State").SelectOptionAsync("dead");
        await admin.Page.GetByLabel("Kind, or the id of a job").FillAsync(id.ToString());
        await admin.Button("Show").ClickAsync();
        await Expect(admin.Page.GetByText("it was broken").First).ToBeVisibleAsync();
        await admin.Button("Replay").ClickAsync();

        await Expect(admin.Page.GetByRole(Microsoft.Playwright.AriaRole.Status)).ToContainTextAsync("One job was put back");
        await Eventually.SeeAsync(
            async () =>
            {
                await admin.Page.ReloadAsync();
                return await admin.Heading("index_item").InnerTextAsync();
            },
            heading => heading.Contains("completed", StringComparison.Ordinal));
        Assert.Empty(admin.Complaints);
    }

    // A job of a kind that succeeds, as it would stand there after a mistake that is mended by now.
    private async Task<Guid> AddDeadJobAsync()
    {
        var id = Guid.CreateVersion7();
        await site.Service.ExecuteAsync(
            $$"""
            insert into jobs (id, run_at, finished_at, attempt, priority, version, state, queue, kind, payload, reason)
            values ('{{id}}', now(), now(), 5, 1, 1, 'dead', 'default', 'index_item', convert_to('{"itemId":"{{Guid.CreateVersion7()}}"}', 'UTF8'), 'it was broken')
            """);
        return id;
    }
}
