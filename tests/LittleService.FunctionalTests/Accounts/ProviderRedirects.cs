using System.Net;
using System.Text.RegularExpressions;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>The ways of a browser between the service and its identity provider.</summary>
internal static partial class ProviderRedirects
{
    /// <summary>For addresses of the provider: redirects are answers like any other.</summary>
    public static readonly HttpClient Browsing = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The browser behind a proxy that ends TLS for another host name.</summary>
    public static Browser Behind(Browser browser)
    {
        (browser.Headers["X-Forwarded-Proto"], browser.Headers["X-Forwarded-Host"]) = ("https", "shop.example");
        return browser;
    }

    public static async Task<(Browser Browser, string Landed)> SignInAsync(HttpClient api, string returnUrl = "/")
    {
        var browser = Behind(new(api));
        var (path, fields) = await AuthorizeAsync(browser, returnUrl);
        using var answer = await PostAsync(browser, path, fields);
        return (browser, await FollowAsync(browser, answer));
    }

    /// <summary>What the provider has the browser post to the service: it is signed in there.</summary>
    public static async Task<(string Path, (string, string)[] Fields)> AuthorizeAsync(Browser browser, string returnUrl = "/")
    {
        using var begun = await browser.GetAsync($"/sign-in/provider?returnUrl={Uri.EscapeDataString(returnUrl)}");
        using var answer = await Browsing.GetAsync(begun.Headers.Location, Stop);
        var page = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop);
        var fields = Field().Matches(page).Select(field => (field.Groups[1].Value, WebUtility.HtmlDecode(field.Groups[2].Value))).ToArray();
        return (new Uri(WebUtility.HtmlDecode(Action().Match(page).Groups[1].Value)).PathAndQuery, fields);
    }

    public static Task<HttpResponseMessage> PostAsync(Browser browser, string path, (string Name, string Value)[] fields) => browser.SendAsync(new(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))),
    });

    public static async Task<string> FollowAsync(Browser browser, HttpResponseMessage answer)
    {
        var path = PathOf(answer);
        if (!path.StartsWith("/sign-in/provider/done", StringComparison.Ordinal)) return path;
        using var done = await browser.GetAsync(path);
        return PathOf(done);
    }

    private static string PathOf(HttpResponseMessage answer) => new Uri(new Uri("https://shop.example"), answer.Headers.Location!).PathAndQuery;

    [GeneratedRegex("name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex Field();

    [GeneratedRegex("action=\"([^\"]+)\"")]
    private static partial Regex Action();
}
