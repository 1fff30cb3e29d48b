using System.Net;
using System.Net.Http.Json;
using System.Text;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Http;

/// <summary>What is refused says what is wrong, by the name of the field, the parameter or the header.</summary>
public sealed class ClearRefusalTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PUT", """{"name":"a","quantity":1}""", "description")]
    [InlineData("PUT", "{}", "name", "quantity", "description")]
    [InlineData("POST", """{"name":"a"}""", "quantity")]
    [InlineData("POST", """{"name":null,"quantity":1}""", "name")]
    [InlineData("POST", """{"name":"a","quantity":"1"}""", "quantity")]
    [InlineData("POST", """{"name":"a","quantity":1e99}""", "quantity")]
    [InlineData("POST", """{"name":"a","quantity":1,"description":5}""", "description")]
    [InlineData("POST", """{"name":"a","name":"b","quantity":1}""", "name")]
    public async Task BodyThatCannotBeReadNamesItsFields(string method, string body, params string[] fields)
    {
        var path = method == "POST" ? "/api/items" : $"/api/items/{(await service.Writer.AddAsync("Lamp")).Id}";
        using var request = new HttpRequestMessage(new(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "*");

        var problem = await ProblemAssert.IsAsync(await service.Writer.SendAsync(request, Stop), HttpStatusCode.BadRequest);

        Assert.Equal(fields.Order(), problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Theory]
    [InlineData("", "needs a body")]
    [InlineData("null", "needs a body")]
    [InlineData("[]", "of another type")]
    [InlineData("5", "of another type")]
    [InlineData("{", "not valid JSON")]
    [InlineData("nonsense", "not valid JSON")]
    public async Task BodyThatIsNoItemSaysSo(string body, string said)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        var problem = await ProblemAssert.IsAsync(await service.Writer.PostAsync("/api/items", content, Stop), HttpStatusCode.BadRequest);

        Assert.Contains(said, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ErrorsNameFieldsAsTheBodyDoes()
    {
        var problem = await ProblemAssert.IsAsync(
            await service.Writer.PostAsJsonAsync("/api/items", new { name = " ", quantity = -1 }, Stop), HttpStatusCode.BadRequest);

        Assert.Equal(["name", "quantity"], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Order());
    }

    [Theory]
    [InlineData("/api/items?limit=ten", "limit")]
    [InlineData("/api/items?limit=99999999999", "limit")]
    [InlineData("/api/items?limit=5%00", "limit")]
    [InlineData("/api/items?limit=1&limit=2", "limit")]
    [InlineData("/api/stats?name=a&from=yesterday", "from")]
    [InlineData("/api/stats?to=2026-13-01", "to")]
    public async Task ParameterThatCannotBeReadIsNamed(string path, string parameter)
    {
        var problem = await ProblemAssert.IsAsync(await service.Client.GetAsync(path, Stop), HttpStatusCode.BadRequest);

        Assert.True(problem.TryGetProperty("errors", out var errors), problem.ToString());
        Assert.Equal(parameter, Assert.Single(errors.EnumerateObject()).Name);
    }

    [Theory]
    [InlineData("W/\"1s\"", "weak tag")]
    [InlineData("W/\"1\", W/\"2\"", "weak tag")]
    [InlineData("\"1s-gzip\"", "proxy")]
    [InlineData("1", "no list of tags")]
    [InlineData("\"99\"", "was changed")]
    public async Task TagThatCannotMatchSaysWhy(string tag, string reason)
    {
        var item = await service.Writer.AddAsync("Lamp");
        foreach (var method in (HttpMethod[])[HttpMethod.Put, HttpMethod.Delete])
        {
            using var request = new HttpRequestMessage(method, $"/api/items/{item.Id}") { Content = method == HttpMethod.Put ? JsonContent.Create(new { name = "b", quantity = 1, description = "" }) : null };
            request.Headers.TryAddWithoutValidation("If-Match", tag);

            var problem = await ProblemAssert.IsAsync(await service.Writer.SendAsync(request, Stop), HttpStatusCode.PreconditionFailed);

            Assert.Contains(reason, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WeakTagIsAsGoodForReading()
    {
        var item = await service.Writer.AddAsync("Lamp");
        using var first = await service.Client.GetAsync($"/api/items/{item.Id}", Stop);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/items/{item.Id}");
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"x\", W/{first.Headers.ETag}");

        using var again = await service.Client.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/api/items/{0}", "If-None-Match", "*")]
    [InlineData("DELETE", "/api/items/{0}", "If-None-Match", "\"1\"")]
    [InlineData("POST", "/api/items", "If-None-Match", "*")]
    [InlineData("POST", "/api/items", "If-Match", "\"1\"")]
    [InlineData("DELETE", "/api/webhooks/{0}", "If-Match", "\"1\"")]
    public async Task ConditionThatIsNotHonouredIsRefusedAndNothingIsChanged(string method, string path, string header, string value)
    {
        var item = await service.Writer.AddAsync("Kept as it is");
        using var request = new HttpRequestMessage(new(method), string.Format(null, path, item.Id))
        {
            Content = method == "DELETE" ? null : JsonContent.Create(new { name = "Changed", quantity = 2, description = "" }),
        };
        request.Headers.TryAddWithoutValidation(header, value);
        if (method == "PUT") request.Headers.Add("If-Match", "*");

        var problem = await ProblemAssert.IsAsync(await service.Writer.SendAsync(request, Stop), HttpStatusCode.PreconditionFailed);

        Assert.Contains($"honours no {header}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("Kept as it is", (await service.Client.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
    }

    [Theory]
    [InlineData("/api/webhooks", "application/json")]
    [InlineData("/api/keys", "application/json")]
    [InlineData("/api/imports", "text/csv")]
    [InlineData("/api/events", "application/json")]
    public async Task IdempotencyKeyIsRefusedWhereItIsNotHonoured(string path, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("""{"name":"a"}""", Encoding.UTF8, type) };
        request.Headers.Add("Idempotency-Key", "once");

        var problem = await ProblemAssert.IsAsync(await service.Writer.SendAsync(request, Stop), HttpStatusCode.BadRequest);

        Assert.Contains("Idempotency-Key", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
