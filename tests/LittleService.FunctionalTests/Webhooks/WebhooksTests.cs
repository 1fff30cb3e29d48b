using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Imports;

namespace LittleService.FunctionalTests.Webhooks;

/// <summary>As in production: https to public addresses only.</summary>
public sealed class WebhooksTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HttpClient Api => service.Writer;

    [Fact]
    public async Task SecretIsShownOnceAndNotStoredAsItIs()
    {
        var (answer, added) = await AddAsync("https://example.org/secret");

        Assert.EndsWith($"/api/webhooks/{added!.Id}", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", added.Secret);
        Assert.DoesNotContain(added.Secret, await Api.GetStringAsync("/api/webhooks", Stop), StringComparison.Ordinal);
        Assert.DoesNotContain(added.Secret, await Api.GetStringAsync("/webhooks", Stop), StringComparison.Ordinal);
        var stored = await service.ScalarAsync<byte[]>($"select secret from webhooks where id = '{added.Id}'");
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(added.Secret)));
    }

    [Theory]
    [InlineData("http://example.org/", "item.created", "url")]
    [InlineData("https://127.0.0.1/", "item.created", "url")]
    [InlineData("https://[::ffff:169.254.169.254]/", "item.created", "url")]
    [InlineData("https://user:x@example.org/", "item.created", "url")]
    [InlineData("javascript:alert(1)", "item.created", "url")]
    [InlineData("https://example.org/", "item.eaten", "events")]
    public async Task WhatCannotWorkIsRefused(string url, string type, string field)
    {
        using var answer = await Api.PostAsJsonAsync("/api/webhooks", new { url, events = (string[])[type] }, Stop);

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"url":"https://example.org/","events":[]}""")]
    [InlineData("""{"url":"https://example.org/","events":null}""")]
    [InlineData("""{"url":"https://example.org/","events":[null]}""")]
    [InlineData("""{"url":"https://example.org/","events":"item.created"}""")]
    [InlineData("""{"url":null,"events":["item.created"]}""")]
    [InlineData("""{"url":"https://example.org/\u0000","events":["item.created"]}""")]
    public async Task BadBodyIsRefused(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await Api.PostAsync("/api/webhooks", content, Stop);

        await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task WebhookOfAnotherIsNotFound()
    {
        var (_, added) = await AddAsync("https://example.org/mine");
        var other = service.ApiAs(Role.Admin);

        using var get = await other.GetAsync($"/api/webhooks/{added!.Id}", Stop);
        using var delete = await other.DeleteAsync($"/api/webhooks/{added.Id}", Stop);
        using var resume = await other.PostAsync($"/api/webhooks/{added.Id}/resume", null, Stop);

        foreach (var answer in (HttpResponseMessage[])[get, delete, resume]) await ProblemAssert.IsAsync(answer, HttpStatusCode.NotFound);
        Assert.Equal("[]", await other.GetStringAsync("/api/webhooks", Stop));
        using var own = await Api.DeleteAsync($"/api/webhooks/{added.Id}", Stop);
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
        using var gone = await Api.GetAsync($"/api/webhooks/{added.Id}", Stop);
        await ProblemAssert.IsAsync(gone, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task AccountHasSoManyAndNoMore()
    {
        var api = service.ApiAs(Role.Admin);

        // At once, and more than there may be.
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => api.PostAsJsonAsync("/api/webhooks", new { url = "https://example.org/", events = (string[])["item.created"] }, Stop)));
        var listed = await api.GetFromJsonAsync<WebhookView[]>("/api/webhooks", Stop);
        await service.ExecuteAsync("delete from webhooks where owner in (select id from accounts where role = 'admin')");

        Assert.Equal((20, 20), (answers.Count(answer => answer.StatusCode == HttpStatusCode.Created), listed!.Length));
        foreach (var answer in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created)) await ProblemAssert.IsAsync(answer, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task NameThatLeadsToThisMachineGetsNoConnection()
    {
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        // Names are not looked up when a subscription is added: they can lead elsewhere a moment later.
        var (_, added) = await AddAsync($"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        _ = service.Worker;
        await Api.EndAsync((await Api.ImportAsync("name,quantity\nLamp,1")).Id);

        var error = await Eventually.SeeAsync(
            () => service.ScalarAsync<string>("select coalesce(min(error), '') from job_attempts where kind = 'deliver_webhook' and error like '%localhost%'"), error => error.Length > 0);

        Assert.Contains("localhost does not have a public address.", error, StringComparison.Ordinal);
        Assert.False(listener.Pending());
        using var deleted = await Api.DeleteAsync($"/api/webhooks/{added!.Id}", Stop);
    }

    [Fact]
    public async Task PageAddsAndDeletes()
    {
        var page = await Api.GetStringAsync("/webhooks", Stop);
        using var answer = await Api.PostFormAsync("/webhooks", page, Fields("add", ("Url", "https://example.org/page"), ("Event", "item.deleted")));
        var after = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Matches("https://example.org/page is subscribed.*<code>whsec_[^<]{43,}=</code>", after);
        var handler = Regex.Match(after, "<td>https://example.org/page</td>.*?(delete-[0-9a-f-]{36})", RegexOptions.Singleline).Groups[1].Value;
        using var deleted = await Api.PostFormAsync("/webhooks", after, Fields(handler));
        Assert.Equal(HttpStatusCode.Redirect, deleted.StatusCode);
        Assert.DoesNotContain("https://example.org/page", await Api.GetStringAsync("/webhooks", Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PageShowsAMistakeBesideItsField()
    {
        using var answer = await Api.PostFormAsync("/webhooks", await Api.GetStringAsync("/webhooks", Stop), Fields("add", ("Url", "http://localhost/\"><b>"), ("Event", "")));
        var page = await answer.Content.ReadAsStringAsync(Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Matches("id=\"url-error\">\\s*<div class=\"validation-message\" role=\"alert\">", page);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    private static Dictionary<string, HttpContent> Fields(string handler, params (string Name, string Value)[] fields) =>
        fields.Append(("_handler", handler)).ToDictionary(field => field.Item1, HttpContent (field) => new StringContent(field.Item2));

    private async Task<(HttpResponseMessage Answer, WebhookAddedView? Added)> AddAsync(string url)
    {
        var answer = await Api.PostAsJsonAsync("/api/webhooks", new { url, events = (string[])["items.imported"] }, Stop);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (answer, await answer.Content.ReadFromJsonAsync<WebhookAddedView>(Stop));
    }
}
