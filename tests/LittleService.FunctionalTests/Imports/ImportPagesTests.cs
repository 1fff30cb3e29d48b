using System.Net;
using System.Text;

namespace LittleService.FunctionalTests.Imports;

public sealed class ImportPagesTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Browser => service.Writer;

    [Fact]
    public async Task UploadLeadsToThePageOfTheImport()
    {
        _ = service.Worker;
        using var answer = await UploadAsync("name,quantity\nLamp,3\n<b>,x\n", "row-by-row");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var path = answer.Headers.Location!.ToString();
        await Browser.EndAsync(Guid.Parse(path[^36..]));

        var page = await Browser.GetStringAsync(path, Stop);

        Assert.Matches("""<progress value="1" max="1" aria-label="[^"]+">""", page);
        Assert.Contains("""<dd data-added>1</dd>""", page, StringComparison.Ordinal);
        Assert.Matches("""<td class="number">3</td>\s*<td>the quantity is not a whole number""", page);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{new Uri(Browser.BaseAddress!, path).AbsolutePath}\"", await Browser.GetStringAsync("/imports", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunningImportIsLiveAndCanBeReloadedOrCancelled()
    {
        var id = Guid.NewGuid();
        await service.ExecuteAsync($"insert into imports (id, owner, who, mode, state) select '{id}', id, name, 'all-or-nothing', 'waiting' from accounts where role = 'writer'");
        var path = $"/imports/{id}";

        var page = await Browser.GetStringAsync(path, Stop);
        using var cancel = await Browser.PostFormAsync(path, page, new() { ["_handler"] = new StringContent("cancel") });
        var after = await Browser.GetStringAsync(path, Stop);

        Assert.Matches("""data-events="/api/imports/[0-9a-f-]{36}/events""", page);
        Assert.Matches("""<script src="/import\.[a-z0-9]+\.js" defer""", page);
        Assert.Matches("""<noscript>.*<a href="/imports/""", page);
        Assert.Equal(HttpStatusCode.Redirect, cancel.StatusCode);
        Assert.Contains(">cancelled</span>", after, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The file is empty.")]
    [InlineData("Lamp,3", "The first line must name the columns")]
    public async Task MistakeIsShownBesideTheFile(string csv, string message)
    {
        using var answer = await UploadAsync(csv, "row-by-row");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches($"id=\"file-help\">\\s*<div class=\"validation-message\" role=\"alert\">{message}", await answer.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task LargeFileIsTakenByThePageToo()
    {
        using var answer = await UploadAsync(ImportClient.Rows("Lamp", 100_000), "row-by-row");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task ImportOfNobodyIsNotFound()
    {
        using var answer = await Browser.GetAsync($"/imports/{Guid.NewGuid()}", Stop);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<HttpResponseMessage> UploadAsync(string csv, string mode) => await Browser.PostFormAsync("/imports", await Browser.GetStringAsync("/imports", Stop), new()
    {
        ["_handler"] = new StringContent("upload"),
        ["Mode"] = new StringContent(mode),
        ["File"] = new ByteArrayContent(Encoding.UTF8.GetBytes(csv)),
    });
}
