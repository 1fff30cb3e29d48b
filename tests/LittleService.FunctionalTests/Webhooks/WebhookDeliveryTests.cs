using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Imports;
using LittleService.FunctionalTests.Items;
using Microsoft.AspNetCore.Http;

namespace LittleService.FunctionalTests.Webhooks;

/// <summary>In Development, where deliveries may go to this machine. An import of one row is the event.</summary>
public sealed partial class WebhookDeliveryTests(Servers servers) : IAsyncLifetime
{
    private static readonly (string, string)[] Development = [("environment", "Development"), ("Webhooks:PauseAfterFailures", "3"), ("Webhooks:PauseAfterTime", "00:00:00"), ("Webhooks:PausedDelay", "00:00:00.5")];
    private readonly Service _service = new(servers);
    private Receiver _receiver = null!;
    private HttpClient _api = null!;
    private (string, string)[] _settings = Development;
    private HttpClient? _worker;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DeliveryIsSignedAndTellsWhatHappened()
    {
        var webhook = await SubscribeAsync("/hook?x=1");
        var import = await ImportAsync();

        var received = await _receiver.OneAsync();

        var (id, timestamp) = (received.Headers["webhook-id"], received.Headers["webhook-timestamp"]);
        var expected = HMACSHA256.HashData(Convert.FromBase64String(webhook.Secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{received.Body}"));
        Assert.Equal($"v1,{Convert.ToBase64String(expected)}", received.Headers["webhook-signature"]);
        Assert.InRange(long.Parse(timestamp, null), DateTimeOffset.UtcNow.AddMinutes(-2).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var body = JsonElement.Parse(received.Body);
        Assert.Equal("items.imported", body.GetProperty("type").GetString());
        Assert.Equal(body.GetProperty("id").GetString(), received.Headers["webhook-id"]);
        Assert.Equal((import, 1), (body.GetProperty("data").GetProperty("import").GetGuid(), body.GetProperty("data").GetProperty("rows").GetInt32()));
        Assert.Equal("application/json; charset=utf-8", received.Headers["Content-Type"]);
        Assert.DoesNotContain("traceparent", received.Headers.Keys);
    }

    [Fact]
    public async Task EachChangeOfAnItemIsTold()
    {
        await SubscribeAsync("/hook", "item.created", "item.changed", "item.deleted");
        var item = await _api.AddAsync("Lamp", 3);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/items/{item.Id}") { Content = JsonContent.Create(new { name = "Torch", quantity = 4, description = "" }) };
        request.Headers.IfMatch.ParseAdd("*");
        using var changed = await _api.SendAsync(request, Stop);
        using var deleted = await _api.DeleteAsync($"/api/items/{item.Id}", Stop);

        var told = (await _receiver.ManyAsync(3)).Select(received => JsonElement.Parse(received.Body)).ToList();

        Assert.True(changed.IsSuccessStatusCode && deleted.IsSuccessStatusCode);
        Assert.All(told, body => Assert.Equal(item.Id, body.GetProperty("data").GetProperty("id").GetGuid()));
        // They come in any order; their time tells which was first.
        Assert.Equal(
            ["item.created Lamp 3", "item.changed Torch 4", "item.deleted Torch 4"],
            told.OrderBy(body => body.GetProperty("at").GetDateTime()).Select(body =>
                $"{body.GetProperty("type")} {body.GetProperty("data").GetProperty("name")} {body.GetProperty("data").GetProperty("quantity")}"));
    }

    [Fact]
    public async Task WhoSubscribedToOtherEventsIsNotTold()
    {
        await SubscribeAsync("/other", "item.deleted");
        await SubscribeAsync("/this", "items.imported");
        await ImportAsync();

        Assert.Equal("/this", (await _receiver.OneAsync()).Path);
        await JobsEndAsync();
        Assert.Single(_receiver.Deliveries);
    }

    [Fact]
    public async Task FailedDeliveryIsRepeatedWithTheSameKeyAndBody()
    {
        var answers = 0;
        _receiver.Answer = http =>
        {
            http.Response.StatusCode = Interlocked.Increment(ref answers) == 1 ? 500 : 204;
            return Task.CompletedTask;
        };
        await SubscribeAsync("/hook");
        await ImportAsync();

        var received = await _receiver.ManyAsync(2);

        Assert.Equal(received[0].Headers["webhook-id"], received[1].Headers["webhook-id"]);
        Assert.Equal(received[0].Body, received[1].Body);
        await JobsEndAsync();
        Assert.Equal(0, await _service.ScalarAsync<int>("select failures from webhooks"));
        Assert.Contains("The subscriber answered 500.", await _service.ScalarAsync<string>("select error from job_attempts where kind = 'deliver_webhook'"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeadDeliveryIsSentAgainByReplay()
    {
        _receiver.AnswerWith(500);
        await SubscribeAsync("/hook");
        await ImportAsync();
        await Eventually.SeeAsync(() => CountAsync("state = 'retryable'"), count => count == 1);
        await _service.ExecuteAsync("update jobs set attempt = 9, run_at = now() where kind = 'deliver_webhook' and state = 'retryable'");
        await Eventually.SeeAsync(() => CountAsync("state = 'dead'"), count => count == 1);

        var before = _receiver.Deliveries.Count;

        _receiver.AnswerWith(200);
        await ReplayAsync(await _service.ScalarAsync<Guid>("select id from jobs where kind = 'deliver_webhook'"));

        await JobsEndAsync();
        Assert.Equal(before + 1, _receiver.Deliveries.Count);
        Assert.Single(_receiver.Deliveries.Select(received => received.Headers["webhook-id"]).Distinct());
    }

    [Fact]
    public async Task FailingWebhookIsPausedAndWhatComesMeanwhileIsDeliveredAfterItsResume()
    {
        _receiver.AnswerWith(503);
        var webhook = await SubscribeAsync("/hook");
        await ImportAsync();
        await Eventually.SeeAsync(() => HurryAsync(webhook.Id), seen => seen.PausedAt is not null);
        await ImportAsync();
        await Eventually.SeeAsync(
            async () =>
            {
                await HurryAsync(webhook.Id);
                return await PutOffAsync();
            },
            count => count == 2);
        var before = _receiver.Deliveries.Count;

        _receiver.AnswerWith(200);
        using var resumed = await _api.PostAsync($"/api/webhooks/{webhook.Id}/resume", null, Stop);
        resumed.EnsureSuccessStatusCode();
        await _receiver.ManyAsync(before + 2);
        await JobsEndAsync();

        Assert.Equal(before + 2, _receiver.Deliveries.Count);
        Assert.Equal(2, _receiver.Deliveries.Select(received => received.Headers["webhook-id"]).Distinct().Count());
        var after = await FindAsync(webhook.Id);
        Assert.Equal((null, 0), (after.PausedAt, after.Failures));
        Assert.Equal("webhook.added webhook.paused webhook.resumed", await _service.ScalarAsync<string>($"select string_agg(what, ' ' order by id) from audit where subject = '{webhook.Id}'"));
    }

    [Fact]
    public async Task WebhookIsPausedOnlyWhenItHasFailedForLongEnough()
    {
        _settings = [.. Development, ("Webhooks:PauseAfterTime", "00:10:00")];
        _receiver.AnswerWith(503);
        var webhook = await SubscribeAsync("/hook");
        await ImportAsync();
        var often = await Eventually.SeeAsync(() => HurryAsync(webhook.Id), seen => seen.Failures > 4);

        await _service.ExecuteAsync("update webhooks set failing_since = now() - interval '10 minutes'");

        Assert.Null(often.PausedAt);
        await Eventually.SeeAsync(() => HurryAsync(webhook.Id), seen => seen.PausedAt is not null);
    }

    [Fact]
    public async Task SubscriberWithoutAnAnswerIsGivenUpAfterTheTimeout()
    {
        _settings = [.. Development, ("Webhooks:Timeout", "00:00:00.5")];
        _receiver.Answer = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        await SubscribeAsync("/hook");
        await ImportAsync();

        Assert.Contains("The subscriber did not answer in time.", await Eventually.SeeAsync(ErrorsAsync, error => error.Length > 0), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RedirectIsNotFollowed()
    {
        _receiver.Answer = http =>
        {
            http.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        };
        await SubscribeAsync("/hook");
        await ImportAsync();

        Assert.Contains("302", await Eventually.SeeAsync(ErrorsAsync, error => error.Length > 0), StringComparison.Ordinal);
        Assert.All(_receiver.Deliveries, received => Assert.Equal("/hook", received.Path));
    }

    [Fact]
    public async Task AnswerWithoutEndIsNotWaitedFor()
    {
        _receiver.Answer = async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.WriteAsync(new string('x', 10_000), http.RequestAborted);
        };
        await SubscribeAsync("/hook");
        await ImportAsync();
        await _receiver.OneAsync();

        await JobsEndAsync();
        Assert.Equal("", await ErrorsAsync());
    }

    [Fact]
    public async Task NothingIsSentAfterTheSubscriptionHasEnded()
    {
        _receiver.AnswerWith(500);
        var webhook = await SubscribeAsync("/hook");
        await ImportAsync();
        await _receiver.OneAsync();

        using var deleted = await _api.DeleteAsync($"/api/webhooks/{webhook.Id}", Stop);
        deleted.EnsureSuccessStatusCode();
        await JobsEndAsync();
    }

    [Fact]
    public async Task OwnerThatIsDisabledIsNotTold()
    {
        await SubscribeAsync("/hook");
        await _service.ExecuteAsync("insert into webhooks (id, owner, url, events, secret) select gen_random_uuid(), a.id, url || 2, events, secret from webhooks, accounts a where role = 'reader'");
        await _service.ExecuteAsync("update accounts set disabled_at = now() where role = 'reader'");
        await ImportAsync();

        await _receiver.OneAsync();
        await JobsEndAsync();
        Assert.Equal("/hook", Assert.Single(_receiver.Deliveries).Path);
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _receiver = await Receiver.StartAsync();
        _api = _service.StartApi(Development).As(Role.Writer);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    // Starts the worker too.
    private async Task<WebhookAddedView> SubscribeAsync(string path, params string[] events)
    {
        _worker ??= _service.StartWorker(_settings);
        using var answer = await _api.PostAsJsonAsync("/api/webhooks", new { url = _receiver.Address + path, events = events.Length == 0 ? ["items.imported"] : events }, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
        return (await answer.Content.ReadFromJsonAsync<WebhookAddedView>(Stop))!;
    }

    private async Task<Guid> ImportAsync() => (await _api.EndAsync((await _api.ImportAsync("name,quantity\nLamp,1")).Id)).Id;

    private async Task ReplayAsync(Guid job)
    {
        using var admin = _service.StartApi(Development).As(Role.Admin);
        var page = await admin.GetStringAsync("/admin/dead-letters", Stop);
        using var answer = await admin.PostFormAsync($"/admin/jobs/{job}/replay", page, []);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    private Task<long> PutOffAsync() => CountAsync("reason = 'The webhook is paused.'");

    private async Task<WebhookView> FindAsync(Guid id) => (await _api.GetFromJsonAsync<WebhookView>($"/api/webhooks/{id}", Stop))!;

    // What waits for its next attempt need not.
    private async Task<WebhookView> HurryAsync(Guid id)
    {
        await _service.ExecuteAsync("update jobs set run_at = now() where state = 'retryable'");
        return await FindAsync(id);
    }

    private Task<long> CountAsync(string where) => _service.ScalarAsync<long>($"select count(*) from jobs where kind = 'deliver_webhook' and {where}");

    private Task<string> ErrorsAsync() => _service.ScalarAsync<string>("select coalesce(string_agg(error, ';'), '') from job_attempts where kind = 'deliver_webhook'");

    private Task<long> JobsEndAsync() => Eventually.SeeAsync(() => _service.ScalarAsync<long>("select count(*) from jobs where kind <> 'clean_imports'"), count => count == 0);
}
