using System.Net;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.FunctionalTests.Layout;

public sealed class SecurityHeadersTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/items", HttpStatusCode.OK)]
    [InlineData("/api/items", HttpStatusCode.OK)]
    [InlineData("/api/items?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("/site.css", HttpStatusCode.OK)]
    [InlineData("/alive", HttpStatusCode.OK)]
    [InlineData("/health/detail", HttpStatusCode.NotFound)]
    public async Task EveryAnswerTellsBrowsersWhatItMayDo(string path, HttpStatusCode status)
    {
        using var answer = await service.Client.GetAsync(path, Stop);

        Assert.Equal(status, answer.StatusCode);
        HasSecurityHeaders(answer);
    }

    [Fact]
    public async Task AnErrorTellsThemToo()
    {
        // Nothing listens there: the database is away.
        using var client = service.StartApi(("ConnectionStrings:db", "Host=127.0.0.1;Port=1;Username=none;Database=none;Timeout=1"));

        using var answer = await client.GetAsync("/api/items", Stop);

        Assert.True((int)answer.StatusCode >= 500);
        HasSecurityHeaders(answer);
    }

    [Fact]
    public async Task AnErrorWhosePageFailsTellsThemToo()
    {
        using var client = service.StartApi(services => services.AddSingleton<NavigationManager>(_ => throw new InvalidOperationException("No page can be made.")));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nothing-here") { Headers = { { "Accept", "text/html" } } };

        using var answer = await client.SendAsync(request, Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.InternalServerError);
        HasSecurityHeaders(answer);
    }

    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/items?cursor=nonsense")]
    [InlineData("/admin")]
    public async Task ARefusalTellsThemToo(string path)
    {
        using var answer = await service.Client.GetAsync(path, Stop);

        Assert.InRange((int)answer.StatusCode, 300, 499);
        HasSecurityHeaders(answer);
    }

    [Theory]
    [InlineData("Production", "https", true)]
    [InlineData("Production", "http", false)]
    [InlineData("Development", "https", false)]
    public async Task BrowserIsBoundToTlsWhereItCameByItOutsideDevelopment(string environment, string scheme, bool bound)
    {
        using var client = service.StartApi(("environment", environment), ("FORWARDEDHEADERS_ENABLED", "true"));
        foreach (var path in new[] { "/", "/site.css", "/nothing-here", "/alive" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Forwarded-Proto", scheme } } };
            using var answer = await client.SendAsync(request, Stop);

            Assert.Equal(bound ? ["max-age=31536000"] : [], answer.Headers.TryGetValues("Strict-Transport-Security", out var values) ? values : []);
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/items")]
    [InlineData("/keys")]
    [InlineData("/api/keys")]
    [InlineData("/api/session")]
    [InlineData("/nothing-here")]
    public async Task WhatIsAnsweredToSomebodyIsKeptNowhere(string path)
    {
        using var answer = await service.Writer.GetAsync(path, Stop);

        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    private static void HasSecurityHeaders(HttpResponseMessage answer)
    {
        var policy = Header(answer, "Content-Security-Policy").Split(';', StringSplitOptions.TrimEntries);
        Assert.Contains("default-src 'none'", policy);
        Assert.Contains("script-src 'self'", policy);
        Assert.Contains("style-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Contains("form-action 'self'", policy);
        Assert.Contains("base-uri 'none'", policy);
        Assert.Contains("object-src 'none'", policy);
        Assert.DoesNotContain("unsafe", string.Concat(policy), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("same-origin", Header(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
        Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
    }

    private static string Header(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));
}
