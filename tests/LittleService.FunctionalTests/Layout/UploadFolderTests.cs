using System.Net;
using System.Text;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Imports;
using LittleService.FunctionalTests.Jobs;

namespace LittleService.FunctionalTests.Layout;

/// <summary>A container whose root is read-only, and into which nothing was mounted.</summary>
public sealed class UploadFolderTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WithoutAWritableFolderFormsSayWhyAndProgramsImport()
    {
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await using var api = WorkerProcess.StartApi(service, address, new() { ["ASPNETCORE_TEMP"] = "/nowhere" });
        using var writer = new HttpClient { BaseAddress = address }.As(Role.Writer);
        var page = await Eventually.SeeAsync(async () => await TryGetAsync(writer, "/imports"), text => text.Length > 0);

        using var answer = await writer.PostFormAsync("/imports", page, new()
        {
            ["_handler"] = new StringContent("upload"),
            ["Mode"] = new StringContent("row-by-row"),
            ["File"] = new ByteArrayContent(Encoding.UTF8.GetBytes(ImportClient.Rows("Lamp", 100_000))),
        });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("no folder for the files of forms", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        await writer.ImportAsync(ImportClient.Rows("Lamp", 100_000));
    }

    private static async Task<string> TryGetAsync(HttpClient client, string path)
    {
        try
        {
            return await client.GetStringAsync(path, Stop);
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }
}
