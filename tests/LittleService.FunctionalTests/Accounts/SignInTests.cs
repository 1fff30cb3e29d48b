using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using LittleService.Data.Accounts;
using LittleService.Jobs.Testing;

namespace LittleService.FunctionalTests.Accounts;

public sealed class SignInTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SignInLeadsToThePageThatAskedForIt()
    {
        var browser = new Browser(service.Client);
        using var asked = await browser.GetAsync("/keys");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);

        using var answer = await browser.SignInAsync(await service.AddPersonAsync(), People.Password, path: asked.Headers.Location!.PathAndQuery);

        Assert.Equal((HttpStatusCode.Redirect, "/keys"), (answer.StatusCode, answer.Headers.Location!.OriginalString.Replace(service.Client.BaseAddress!.ToString().TrimEnd('/'), "", StringComparison.Ordinal)));
        Assert.Contains("Your keys", await browser.PageAsync("/keys"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CookieIsForThisHostAndNoScript()
    {
        using var answer = await new Browser(service.Client).SignInAsync(await service.AddPersonAsync(), People.Password);

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("__Host-session=", StringComparison.Ordinal)).ToLowerInvariant();
        Assert.Contains("; path=/;", cookie, StringComparison.Ordinal);
        Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        Assert.Contains("; httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("; samesite=lax", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("expires", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CookieOfFormsIsForThisHostToo()
    {
        using var client = service.StartApi(("FORWARDEDHEADERS_ENABLED", "true"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sign-in") { Headers = { { "X-Forwarded-Proto", "https" } } };

        using var answer = await client.SendAsync(request, Stop);

        Assert.Matches("^__Host-antiforgery=[^;]+; path=/; secure; samesite=lax; httponly$", Assert.Single(answer.Headers.GetValues("Set-Cookie")));
    }

    [Fact]
    public async Task PlainHttpInDevelopmentHasACookieToo()
    {
        var browser = new Browser(service.StartApi(("environment", "Development")));

        using var answer = await browser.SignInAsync(await service.AddPersonAsync(), People.Password);

        Assert.Contains("session", browser.Cookies.Keys);
        Assert.DoesNotContain("secure", string.Join(' ', answer.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("/\t/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("%2f%2fevil.example")]
    public async Task SignInLeadsToNoOtherSite(string address)
    {
        using var answer = await new Browser(service.Client).SignInAsync(await service.AddPersonAsync(), People.Password, path: $"/sign-in?returnUrl={Uri.EscapeDataString(address)}");

        Assert.Equal(service.Client.BaseAddress, new Uri(service.Client.BaseAddress!, answer.Headers.Location!));
    }

    [Fact]
    public async Task WrongNameAndWrongPasswordGetTheSameAnswer()
    {
        var person = await service.AddPersonAsync();
        await service.ExecuteAsync($"update accounts set disabled_at = now() where name = '{await service.AddPersonAsync()}'");

        var answers = new List<string>();
        foreach (var (name, password) in new[] { (person, "not it at all"), ("nobody", "not it at all"), ("No Name at all!", ""), (person, new string('x', 5000)) })
        {
            using var answer = await new Browser(service.Client).SignInAsync(name, password);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.False(answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.Contains("session", StringComparison.Ordinal)));
            var page = await answer.Content.ReadAsStringAsync(Stop);
            answers.Add(page[page.IndexOf("role=\"alert\"", StringComparison.Ordinal)..page.IndexOf("<form method=\"post\" class=\"card form\"", StringComparison.Ordinal)]);
        }

        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task GuessingIsSlowedDownForKnownAndUnknownAlike()
    {
        var other = service.StartApi();
        foreach (var name in new[] { await service.AddPersonAsync(), $"nobody-{Guid.NewGuid():N}" })
        {
            // Both replicas count together.
            for (var guess = 0; guess < 5; guess++)
            {
                using var wrong = await new Browser(guess % 2 == 0 ? service.Client : other).SignInAsync(name, "wrong password");
                Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            }

            using var slowed = await new Browser(other).SignInAsync(name, People.Password);
            Assert.Equal(HttpStatusCode.TooManyRequests, slowed.StatusCode);
            Assert.InRange(slowed.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 30);
        }
    }

    [Fact]
    public async Task WhoWaitsMayTryAgain()
    {
        var clock = new JobClock();
        var (api, name) = (service.StartApi(clock), await service.AddPersonAsync());
        for (var guess = 0; guess < 30; guess++) (await new Browser(api).SignInAsync(name, "wrong password")).Dispose();

        clock.Advance(TimeSpan.FromSeconds(31));
        using var answer = await new Browser(api).SignInAsync(name, People.Password);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Fact]
    public async Task JsonOfACookieNeedsTheTokenOfTheSession()
    {
        var (browser, _) = await service.SignInAsync(Role.Writer);
        using var session = await browser.GetAsync("/api/session");
        var csrf = (await session.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("csrf").GetString();

        using var forged = await browser.SendAsync(new(HttpMethod.Post, "/api/items") { Content = JsonContent.Create(new { name = "Forged", quantity = 1 }) });
        using var own = await browser.SendAsync(new(HttpMethod.Post, "/api/items") { Content = JsonContent.Create(new { name = "Own", quantity = 1 }), Headers = { { "X-CSRF-Token", csrf } } });

        await ProblemAssert.IsAsync(forged, HttpStatusCode.BadRequest);
        Assert.Equal(HttpStatusCode.Created, own.StatusCode);
        Assert.Equal(0, await service.ScalarAsync<long>("select count(*) from items where name = 'Forged'"));
    }

    [Fact]
    public async Task SignInWithoutItsTokenIsRefused()
    {
        using var answer = await new Browser(service.Client).SendAsync(new(HttpMethod.Post, "/sign-in")
        {
            Content = new FormUrlEncodedContent([new("_handler", "sign-in"), new("Form.Name", await service.AddPersonAsync()), new("Form.Password", People.Password)]),
        });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
