using System.Net;
using System.Text.Json;

namespace LittleService.FunctionalTests.Http;

/// <summary>What the API promises stands in docs/openapi.json, so that a change of it shows in review.</summary>
public sealed class OpenApiTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CommittedDescriptionIsThatOfTheService()
    {
        var description = await DescriptionAsync();
        var file = Path.Combine(Root(), "docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("REFRESH_OPENAPI") == "1") await File.WriteAllTextAsync(file, description, Stop);

        Assert.True(description == await File.ReadAllTextAsync(file, Stop), "The API is another than docs/openapi.json says. Meant so? Run: REFRESH_OPENAPI=1 script/test --filter OpenApi");
    }

    [Fact]
    public async Task EveryOperationSaysWhatItDoesAndAnswers()
    {
        var description = JsonElement.Parse(await DescriptionAsync());

        Assert.StartsWith("3.1", description.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        foreach (var path in description.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var name = $"{operation.Name} {path.Name}";
                Assert.True(operation.Value.TryGetProperty("summary", out _), $"{name} has no summary");
                Assert.True(operation.Value.GetProperty("responses").EnumerateObject().Any(answer => answer.Name[0] is '2' or '3'), $"{name} does not say what it answers");
            }
        }
    }

    [Theory]
    [InlineData("/openapi/v1.json")]
    [InlineData("/docs/index.html")]
    public async Task DocsAreNotShownOutsideDevelopment(string address)
    {
        using var hidden = await service.Client.GetAsync(address, Stop);
        using var shown = await service.StartApi(("Docs:Enabled", "true")).GetAsync(address, Stop);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.OK), (hidden.StatusCode, shown.StatusCode));
    }

    private async Task<string> DescriptionAsync() =>
        (await service.StartApi(("Docs:Enabled", "true")).GetStringAsync("/openapi/v1.json", Stop)).ReplaceLineEndings("\n") + "\n";

    internal static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "global.json"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
