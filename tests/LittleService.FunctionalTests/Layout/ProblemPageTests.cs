using System.Net;
using System.Text.RegularExpressions;

namespace LittleService.FunctionalTests.Layout;

public sealed partial class ProblemPageTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BrowserIsShownAPage()
    {
        using var answer = await SendAsync(HttpMethod.Get, "/nothing/here", null, "text/html");

        var page = await PageAsync(answer, HttpStatusCode.NotFound);
        Assert.Contains("<h1>Not Found</h1>", page, StringComparison.Ordinal);
        Assert.Matches("trace <code>[0-9a-f]{32}</code>", page);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("/nothing/here", "*/*")]
    [InlineData("/nothing/here", "application/json")]
    [InlineData("/api/nothing", "text/html")]
    public async Task ProgramIsToldInJson(string path, string accepted)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, accepted);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task FormWithoutItsTokenIsExplained()
    {
        using var answer = await SendAsync(HttpMethod.Post, "/items/new", [new("_handler", "add-item")], "text/html");

        Assert.Contains("Open its page again", await PageAsync(answer, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FormWithNulIsExplained()
    {
        var token = Token().Match(await service.Writer.GetStringAsync("/items/new", Stop)).Groups[1].Value;

        using var answer = await SendAsync(HttpMethod.Post, "/items/new", [new("__RequestVerificationToken", token), new("x", "a\0b")], "text/html");

        Assert.Contains("characters that cannot be read", await PageAsync(answer, HttpStatusCode.BadRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutageIsAPageWithoutTheDatabase()
    {
        using var client = service.StartApi(("ConnectionStrings:db", "Host=127.0.0.1;Port=1;Username=none;Database=none;Timeout=1"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/items") { Headers = { { "Accept", "text/html" } } };

        using var answer = await client.SendAsync(request, Stop);

        Assert.Contains("<h1>Service Unavailable</h1>", await PageAsync(answer, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, KeyValuePair<string, string>[]? form, string accepted)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { "Accept", accepted } }, Content = form is null ? null : new FormUrlEncodedContent(form) };
        return await (form is null ? service.Client : service.Writer).SendAsync(request, Stop);
    }

    private static async Task<string> PageAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
