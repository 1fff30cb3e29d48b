using System.Text.Json;
using LittleService.Data.Migrations;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Webhooks;

// What subscribers ask for by their answers, and whom nothing is sent to any more.
public sealed partial class WebhookDeliveryTests
{
    [Fact]
    public async Task OwnerThatIsDisabledGetsNoRetryEither()
    {
        _receiver.AnswerWith(500);
        await SubscribeAsync("/hook");
        await ImportAsync();
        await Eventually.SeeAsync(() => CountAsync("state = 'retryable'"), count => count == 1);
        var before = _receiver.Deliveries.Count;

        await _service.ExecuteAsync("update accounts set disabled_at = now() where id in (select owner from webhooks)");
        await _service.ExecuteAsync("update jobs set run_at = now() where state = 'retryable'");

        await JobsEndAsync();
        Assert.Equal(before, _receiver.Deliveries.Count);
    }

    [Theory]
    [InlineData(429, "120", 100, 121)]
    [InlineData(503, "120", 100, 121)]
    [InlineData(429, "999999999", 3500, 3601)]
    [InlineData(500, "120", 0, 3)]
    [InlineData(429, "soon", 0, 3)]
    public async Task SubscriberSaysWhenToTryAgain(int status, string after, int least, int most)
    {
        _receiver.Answer = http =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (status, after);
            return Task.CompletedTask;
        };
        await SubscribeAsync("/hook");
        await ImportAsync();
        await Eventually.SeeAsync(ErrorsAsync, error => error.Length > 0);

        var wait = await _service.ScalarAsync<double>(
            "select extract(epoch from run_at - (select min(ended_at) from job_attempts where job_id = id))::float8 from jobs where kind = 'deliver_webhook'");
        Assert.InRange(wait, least, most + (least == 0 ? 30 : 0));
    }

    [Fact]
    public async Task SubscriberThatIsGoneIsPausedAtOnceAndItsOwnerSeesWhy()
    {
        _receiver.AnswerWith(410);
        var webhook = await SubscribeAsync("/hook");
        await ImportAsync();

        var paused = await Eventually.SeeAsync(() => FindAsync(webhook.Id), seen => seen.PausedAt is not null);
        await Eventually.SeeAsync(PutOffAsync, count => count == 1);

        Assert.Equal("The subscriber answered 410.", paused.PauseReason);
        Assert.Single(_receiver.Deliveries);
        _receiver.AnswerWith(200);
        using var resumed = await _api.PostAsync($"/api/webhooks/{webhook.Id}/resume", null, Stop);
        await _receiver.ManyAsync(2);
        Assert.Null((await FindAsync(webhook.Id)).PauseReason);
    }

    [Fact]
    public async Task DeliveryOfAPausedWebhookDoesNotWaitForEver()
    {
        _settings = [.. Development, ("Webhooks:KeepPaused", "00:00:00")];
        _receiver.AnswerWith(410);
        await SubscribeAsync("/hook");
        await ImportAsync();

        await Eventually.SeeAsync(() => CountAsync("state = 'dead' and reason = 'The webhook was paused for too long.'"), count => count == 1);
    }

    [Fact]
    public async Task WhatWaitedBeforeTheReleaseIsDelivered()
    {
        var webhook = await SubscribeAsync("/hook");
        await _service.ExecuteAsync("drop view webhook_waiting; create table webhook_waiting (webhook_id uuid, event_id uuid, body text)");
        await _service.ExecuteAsync($$"""insert into webhook_waiting select '{{webhook.Id}}', '{{Guid.CreateVersion7()}}', '{"n": ' || n || '}' from generate_series(1, 1) n""");

        await _service.ExecuteAsync(Schema.Migrations.Single(migration => migration.Name == "0016_webhook_waiting_moves.sql").Sql);

        Assert.Equal("""{"n": 1}""", (await _receiver.OneAsync()).Body);
        await JobsEndAsync();
    }

    [Fact]
    public async Task NameWithAReplacementCharacterIsTakenAndTold()
    {
        await SubscribeAsync("/hook", "item.created");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => _api.AddAsync($"Caf\uFFFD {i}")));

        var told = await _receiver.ManyAsync(20);
        Assert.All(told, received => Assert.StartsWith("Caf\uFFFD ", JsonElement.Parse(received.Body).GetProperty("data").GetProperty("name").GetString(), StringComparison.Ordinal));
    }
}
