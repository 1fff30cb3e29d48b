using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;

namespace LittleService.FunctionalTests.Http;

/// <summary>What is hostile in a request itself, whatever it asks for.</summary>
public sealed class HostileRequestTests(Service service) : IClassFixture<Service>
{
    private const string Item = """{"name":"Hostile","quantity":1}""";

    private static readonly string[] Addresses =
    [
        "/api/items?search=", "/api/items?sort=", "/api/items?cursor=", "/api/items?limit=", "/api/items/", "/api/keys/", "/api/stats?name=", "/nothing/",
        "/items?search=", "/items?sort=", "/items?cursor=", "/items/", "/stats?name=", "/stats?grain=", "/sign-in?returnUrl=",
        "/admin?done=", "/admin?done=replayed&count=", "/admin/jobs?state=", "/admin/jobs?queue=", "/admin/jobs?kind=", "/admin/jobs?search=",
        "/admin/jobs?after=", "/admin/jobs?state=completed&afterEnd=", "/admin/jobs/", "/admin/dead-letters?kind=", "/admin/dead-letters?since=",
        "/admin/dead-letters?after=", "/admin/audit?who=", "/admin/audit?subject=", "/admin/audit?before=", "/admin/audit?beforeAct=",
    ];

    private static readonly string[] Headers =
        ["Idempotency-Key", "If-None-Match", "Accept", "Accept-Language", "Cookie", "Origin", "Referer", "User-Agent", "X-CSRF-Token", "traceparent", "baggage", "X-Forwarded-For"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string> Texts =>
    [
        "x", "' or '1'='1", "';drop/**/table/**/items;--", "\");select pg_sleep(60);--", "${jndi:ldap://evil}", "{{7*7}}", "../../../etc/passwd", "<script>alert(1)</script>",
        "%00", "%FF", "%C0%AF", "%ED%A0%80", "%0d%0aSet-Cookie:%20a=b", "%E2%80%AE%F0%9F%A6%8A", "99999999999999999999", "-1", "0001-01-01", "9999-12-31T23:59:59.9999999Z",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task HostileTextInAnAddressIsTextOrRefused(string text)
    {
        foreach (var address in Addresses)
        {
            using var answer = await service.ApiAs(Role.Admin).GetAsync(address + text, Stop);

            Assert.True((int)answer.StatusCode < 500, $"{(int)answer.StatusCode}: {address}{text}");
            if (answer.Content.Headers.ContentType?.MediaType == "text/html") Assert.DoesNotContain("<script>alert", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Set-Cookie") && answer.Headers.GetValues("Set-Cookie").Contains("a=b"));
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task HostileTextInAHeaderIsTextOrRefused(string text)
    {
        foreach (var header in Headers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/items") { Content = new StringContent(Item, Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation(header, text);

            using var answer = await service.Writer.SendAsync(request, Stop);

            Assert.True(
                answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.BadRequest or HttpStatusCode.PreconditionFailed,
                $"{(int)answer.StatusCode}: {header}: {text}");
        }
    }

    [Theory]
    [InlineData("POST", "/api/items")]
    [InlineData("PUT", "/api/items/00000000-0000-7000-8000-000000000000")]
    [InlineData("POST", "/api/keys")]
    [InlineData("POST", "/api/webhooks")]
    [InlineData("POST", "/api/imports")]
    [InlineData("POST", "/sign-in")]
    public async Task CompressedBodyIsRefusedUnread(string method, string address)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(Item.PadRight(50_000_000)), Stop);
        using var request = new HttpRequestMessage(new(method), address) { Content = new ByteArrayContent(packed.ToArray()) };
        request.Content.Headers.ContentType = new(address.EndsWith("imports", StringComparison.Ordinal) ? "text/csv" : "application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");

        using var answer = await service.Writer.SendAsync(request, Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.UnsupportedMediaType);
        Assert.Equal("identity", Assert.Single(answer.Headers.GetValues("Accept-Encoding")));
    }

    // Past 8 kB it is the server that answers, which has not understood the request so far.
    [Theory]
    [InlineData(4_000, 404)]
    [InlineData(1_000_000, 414)]
    public async Task PathIsBounded(int length, int status)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(service.Client.BaseAddress!.Host, service.Client.BaseAddress.Port, Stop);
        // Written beside, since nobody may read it to its end.
        _ = client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /{new string('p', length)} HTTP/1.1\r\nHost: localhost\r\n\r\n"), Stop).AsTask();
        using var reader = new StreamReader(client.GetStream());

        Assert.StartsWith($"HTTP/1.1 {status} ", await reader.ReadLineAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    public async Task WhatAnotherSiteMakesABrowserSendDoesNothing(string type)
    {
        var (browser, _) = await service.SignInAsync(Role.Writer);
        var before = await service.ScalarAsync<long>("select count(*) from items");

        using var answer = await browser.SendAsync(new(HttpMethod.Post, "/api/items") { Content = new StringContent(Item, Encoding.UTF8, type), Headers = { { "Origin", "https://evil.example" } } });

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.Equal(before, await service.ScalarAsync<long>("select count(*) from items"));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public async Task AnotherSiteMayReadNothing(string method)
    {
        using var request = new HttpRequestMessage(new(method), "/api/items") { Headers = { { "Origin", "https://evil.example" }, { "Access-Control-Request-Method", "POST" } } };

        using var answer = await service.Client.SendAsync(request, Stop);

        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }
}
