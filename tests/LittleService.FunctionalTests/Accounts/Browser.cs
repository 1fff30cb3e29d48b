using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Accounts;

/// <summary>A browser as the service sees it through a proxy that ends TLS: cookies marked Secure come back, and forms carry the token of their page.</summary>
internal sealed partial class Browser(HttpClient api)
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public Dictionary<string, string> Cookies { get; init; } = [];

    /// <summary>What it sends with every request.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>The same browser, at another replica.</summary>
    public Browser At(HttpClient other) => new(other) { Cookies = Cookies };

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        foreach (var (name, value) in Headers) request.Headers.Add(name, value);
        if (Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        request.RequestUri = new Uri(api.BaseAddress!, request.RequestUri!);
        var answer = await Client.SendAsync(request, Stop);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var (name, value) = (cookie.Split('=')[0], cookie.Split(';')[0].Split('=', 2)[1]);
            if (value.Length == 0) Cookies.Remove(name);
            else Cookies[name] = value;
        }

        return answer;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    public async Task<string> PageAsync(string path)
    {
        using var answer = await GetAsync(path);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Stop);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string handler, params (string Name, string Value)[] fields) =>
        PostToAsync(path, path, [("_handler", handler), .. fields]);

    /// <summary>Posts with the token of a form of the page.</summary>
    public async Task<HttpResponseMessage> PostToAsync(string path, string page, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await PageAsync(page)).Groups[1].Value;
        return await SendAsync(new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]),
        });
    }

    public Task<HttpResponseMessage> PostSignOutAsync() => PostToAsync("/sign-out", "/");

    /// <summary>Posts what a form of another replica holds.</summary>
    public async Task<HttpResponseMessage> PostWithFormOfAsync(HttpClient other, string path, string handler, params (string Name, string Value)[] fields)
    {
        var token = Token().Match(await At(other).PageAsync(path)).Groups[1].Value;
        return await SendAsync(new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token), new("_handler", handler), .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value))]),
        });
    }

    public async Task<string> PostedAsync(string path, string handler, params (string Name, string Value)[] fields)
    {
        using var answer = await PostAsync(path, handler, fields);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    /// <summary>Changes an account as its admin: <c>role</c>, <c>state</c> or <c>reset</c>.</summary>
    public Task<string> ChangeAccountAsync(Guid account, string change, string role = "reader", string password = People.Password) => PostedAsync(
        $"/admin/accounts/{account}", "change", ("Form.Change", change), ("Form.Role", role), ("Form.Password", password));

    /// <summary>Signs in; with a code, takes the second step too.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string name, string password, string code = "", string path = "/sign-in")
    {
        var answer = await PostAsync(path, "sign-in", ("Form.Name", name), ("Form.Password", password));
        if (code.Length == 0 || answer.Headers.Location is not { } next || !next.OriginalString.Contains("/sign-in/code", StringComparison.Ordinal)) return answer;
        answer.Dispose();
        return await PostAsync("/sign-in/code", "code", ("Code", code));
    }

    /// <summary>The account of the session, or null without one.</summary>
    public async Task<string?> NameAsync()
    {
        using var answer = await GetAsync("/api/session");
        return answer.IsSuccessStatusCode ? (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("name").GetString() : null;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}

internal static class People
{
    public const string Password = "Marmot-Quilt-Tundra-42";

    private static readonly string Hash = new AccountPasswordHasher().HashPassword(new(), Password);

    /// <summary>Adds an account that signs in with <see cref="Password"/>; gives its name.</summary>
    public static async Task<string> AddPersonAsync(this Service service, Role role = Role.Reader)
    {
        var name = $"person-{Guid.NewGuid():N}";
        await service.ExecuteAsync($"insert into accounts (id, name, role, password_hash, created_at) values (gen_random_uuid(), '{name}', '{role.Text()}', '{Hash}', now())");
        return name;
    }

    /// <summary>A browser in which a new account of this role is signed in.</summary>
    public static async Task<(Browser Browser, string Name)> SignInAsync(this Service service, Role role = Role.Reader, HttpClient? api = null)
    {
        var (browser, name) = (new Browser(api ?? service.Client), await service.AddPersonAsync(role));
        using var answer = await browser.SignInAsync(name, Password);
        Assert.True(answer.Headers.Location is not null, $"{(int)answer.StatusCode}");
        return (browser, name);
    }
}
