using System.Text;
using LittleService.Data.Accounts;
using static Microsoft.Playwright.Assertions;

namespace LittleService.BrowserTests;

[Collection(nameof(Site))]
public sealed class ImportTests(Site site)
{
    [Fact]
    public async Task ImportMovesItsProgressAndTellsItsMistakes()
    {
        await using var writer = await site.VisitAsync(Role.Writer);
        await UploadAsync(writer, rows: 2000);

        // Nobody reloads: the page follows by itself.
        await Expect(writer.Page.Locator("[data-state]")).ToHaveTextAsync("completed", new() { Timeout = Site.Patience });
        await Expect(writer.Page.Locator("[data-added]")).ToHaveTextAsync("2000");
        await Expect(writer.Page.Locator("progress")).ToHaveAttributeAsync("value", "1");
        await Expect(writer.Page.GetByRole(Microsoft.Playwright.AriaRole.Cell, new() { Name = "2002", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(writer.Complaints);
    }

    [Fact]
    public async Task WithoutScriptTheLinkShowsHowFarItIs()
    {
        await using var writer = await site.VisitAsync(Role.Writer, options => options.JavaScriptEnabled = false);
        await UploadAsync(writer, rows: 1);

        await FunctionalTests.Eventually.SeeAsync(
            async () =>
            {
                await writer.Page.ReloadAsync();
                return await writer.Page.Locator("[data-state]").InnerTextAsync();
            },
            state => state == "completed");
    }

    // The last row has no name.
    private static async Task UploadAsync(Visitor writer, int rows)
    {
        var csv = new StringBuilder("name,quantity\n");
        for (var row = 0; row < rows; row++) csv.Append("Imported,1\n");
        csv.Append(",1\n");
        await writer.GoAsync("/imports");
        await writer.Page.GetByLabel("CSV file").SetInputFilesAsync(new Microsoft.Playwright.FilePayload
        {
            Name = "items.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes(csv.ToString()),
        });
        await writer.Button("Import").ClickAsync();
        await Expect(writer.Page.Locator("[data-state]")).ToBeVisibleAsync();
    }
}
