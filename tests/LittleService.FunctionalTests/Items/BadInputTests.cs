using System.Net;
using System.Text;

namespace LittleService.FunctionalTests.Items;

/// <summary>Whatever a client sends, the answer is a 4xx problem and nothing is stored.</summary>
public sealed class BadInputTests(Service service) : IClassFixture<Service>, IAsyncLifetime
{
    private long _stored;

    private HttpClient Api => service.Writer;

    public static TheoryData<string> Bodies =>
    [
        "", "{", "[]", "null", "true", "\"text\"", "not json", "{\"name\":\"a\",\"quantity\":1", "{\"name\":\"a\" \"quantity\":1}",
        "{}", """{"name":"a"}""", """{"quantity":1}""", """{"name":null,"quantity":1}""", """{"name":1,"quantity":1}""",
        """{"name":"a","quantity":null}""", """{"name":"a","quantity":"1"}""", """{"name":"a","quantity":1.5}""",
        """{"name":"a","quantity":NaN}""", """{"name":"a","quantity":2147483648}""", """{"name":"a","quantity":1e400}""",
        """{"name":"a","quantity":-1}""", """{"name":"a","quantity":-2147483648}""",
        """{"name":"","quantity":1}""", """{"name":"   ","quantity":1}""",
        """{"name":"a\u0000b","quantity":1}""", """{"name":"a","quantity":1,"description":"\u0000"}""",
        """{"name":"\ud800","quantity":1}""", """{"name":"\udc00\ud800","quantity":1}""", """{"name":"a","quantity":1,"description":"x\ud83d"}""",
        """{"name":"a","quantity":1,"description":null}""",
        """{"name":"a","name":"b","quantity":1}""",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task BadBodyIsRefused(string body)
    {
        using var answer = await Api.PostRawAsync(body);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData(201, 0, "name")]
    [InlineData(1, 2001, "description")]
    public async Task TooLongTextIsRefusedByName(int name, int description, string field)
    {
        using var answer = await Api.PostRawAsync($$"""{"name":"{{new string('n', name)}}","quantity":1,"description":"{{new string('d', description)}}"}""");

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.Contains(problem.GetProperty("errors").EnumerateObject(), error => error.Name.Equals(field, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(new byte[] { 0xff })]
    [InlineData(new byte[] { 0xc3, 0x28 })]
    [InlineData(new byte[] { 0xed, 0xa0, 0x80 })]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0xf8, 0x88, 0x80, 0x80, 0x80 })]
    public async Task InvalidUtf8IsRefused(byte[] name)
    {
        using var answer = await Api.PostRawAsync([.. "{\"name\":\""u8, .. name, .. "\",\"quantity\":1}"u8]);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task DeeplyNestedBodyIsRefused()
    {
        using var answer = await Api.PostRawAsync(new StringBuilder().Insert(0, "{\"a\":", 1000).ToString());

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("nonsense")]
    public async Task OtherContentTypeIsRefused(string contentType)
    {
        using var answer = await Api.PostRawAsync("""{"name":"a","quantity":1}""", contentType);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task BodyOfTwoMegabytesIsRefused(bool chunked)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"name":"a","quantity":1,"description":"{{new string('d', 2_000_000)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/items") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.ExpectContinue = true;
        request.Headers.TransferEncodingChunked = chunked;

        using var answer = await Api.SendAsync(request, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=-1")]
    [InlineData("?limit=101")]
    [InlineData("?limit=1000000000")]
    [InlineData("?limit=99999999999999999999")]
    [InlineData("?limit=ten")]
    [InlineData("?cursor=")]
    [InlineData("?cursor=x")]
    [InlineData("?cursor=%00")]
    [InlineData("?cursor=';drop%20table%20items;--")]
    [InlineData("?cursor=AAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?sort=price")]
    [InlineData("?sort=name%20desc;drop%20table%20items")]
    [InlineData("?search=a%00b")]
    [InlineData("?cursor=..%2F..%2Fetc%2Fpasswd")]
    public async Task BadListArgumentIsRefused(string query)
    {
        using var answer = await Api.GetAsync("/api/items" + query, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/api/items/00000000-0000-7000-8000-000000000000")]
    [InlineData("/api/items/1")]
    [InlineData("/api/nothing")]
    public async Task UnknownIsNotFound(string path)
    {
        using var answer = await Api.GetAsync(path, TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task OtherMethodIsRefused()
    {
        using var answer = await Api.DeleteAsync("/api/items", TestContext.Current.CancellationToken);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.MethodNotAllowed);
    }

    public async ValueTask InitializeAsync() => _stored = await CountAsync();

    public async ValueTask DisposeAsync() => Assert.Equal(_stored, await CountAsync());

    private Task<long> CountAsync() => service.ScalarAsync<long>("select count(*) from items");
}
