using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Items;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LittleService.FunctionalTests.Http;

/// <summary>What clients send, lines and escapes that would forge the log among it, stays out of logs and traces, also where it makes something fail.</summary>
public sealed class LeakTests(Service service) : IClassFixture<Service>
{
    private const string Planted = "Planted-5731";
    private const string Forging = $"\r\n\u001b[31m{Planted}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LogHasNothingOfWhatClientsSend()
    {
        using var log = new LogLines();
        var api = service.StartApi(services => services.AddSingleton<ILoggerProvider>(log)).As(Role.Writer);

        await SendEverywhereAsync(api);

        Assert.Contains("A sign-in was refused", log.Text, StringComparison.Ordinal);
        Assert.Contains("23514", log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b", log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TracesHaveNothingOfItButPaths()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener { ShouldListenTo = _ => true, Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = spans.Enqueue };
        ActivitySource.AddActivityListener(listener);

        await SendEverywhereAsync(service.StartApi(("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")).As(Role.Writer));

        var text = string.Join('\n', spans.Select(Text));
        Assert.Contains("url.path=/api/items", text, StringComparison.Ordinal);
        Assert.Contains("insert into items", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, text, StringComparison.Ordinal);
    }

    // The last of them fails in the database, whose errors can quote the row.
    private async Task SendEverywhereAsync(HttpClient api)
    {
        var query = Uri.EscapeDataString(Forging);
        foreach (var address in (string[])["/api/items?search=", "/api/items?cursor=", "/api/items?limit=", "/items?sort=", "/api/session?token=", "/nothing?token=", "/sign-in?returnUrl="])
            (await api.GetAsync(address + query, Stop)).Dispose();
        foreach (var header in (string[])["Idempotency-Key", "If-None-Match", "Cookie", "X-CSRF-Token", "X-Api-Key", "Referer"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/items") { Content = new StringContent("""{"name":"a","quantity":1}""", Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation(header, Planted);
            (await api.SendAsync(request, Stop)).Dispose();
        }

        foreach (var body in (string[])[Planted, $$"""{"name":{{Planted}}""", $$"""{"name":"{{Planted}}","quantity":"{{Planted}}"}""", $$"""{"{{Planted}}":1}"""])
            (await api.PostRawAsync(body)).Dispose();
        (await new Browser(api).SignInAsync(Forging, Forging, Forging)).Dispose();
        await FailInTheDatabaseAsync(api);
    }

    private async Task FailInTheDatabaseAsync(HttpClient api)
    {
        await service.ExecuteAsync("alter table items drop constraint if exists never_77, add constraint never_77 check (quantity <> 77)");

        using var answer = await api.PostRawAsync($$"""{"name":"{{Planted}}","quantity":77,"description":"\u001b[31m{{Planted}}"}""");

        var problem = await ProblemAssert.IsAsync(answer, HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("never_77", problem.ToString(), StringComparison.Ordinal);
    }

    private static string Text(Activity span) => string.Join(
        ' ',
        [
            span.DisplayName, span.StatusDescription, .. span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"),
            .. span.Events.SelectMany(happened => happened.Tags).Select(tag => $"{tag.Key}={tag.Value}"), .. span.Baggage.Select(item => $"{item.Key}={item.Value}"),
        ]);
}
