using System.Runtime.CompilerServices;
using System.Text.Json;
using LittleService.Data.Items;
using LittleService.Jobs;

namespace LittleService.Data.Webhooks;

/// <summary>Enqueues the job that tells subscribers of an item's event. Without subscriptions it enqueues no job.</summary>
internal sealed class WebhookEvents(TimeProvider time) : IItemEventListener
{
    // A transaction may be shared by many changes, and begins after all of them: one query is enough for it.
    private readonly ConditionalWeakTable<JobTransaction, Task<bool>> _subscribed = [];

    public async Task OnAsync(JobTransaction transaction, ItemEvent e, CancellationToken cancellationToken)
    {
        if (!await _subscribed.GetValue(transaction, AnySubscribedAsync)) return;
        var at = time.GetUtcNow();
        var id = Guid.CreateVersion7(at);
        var body = JsonSerializer.Serialize(new { id, type = e.Type, at = at.UtcDateTime, data = e.Data }, JsonSerializerOptions.Web);
        transaction.Enqueue(new TellWebhooks(id, e.Type, body));
    }

    private static async Task<bool> AnySubscribedAsync(JobTransaction transaction) =>
        await transaction.QueryAsync<bool>("select exists (select from webhooks)", null, CancellationToken.None) is [true];
}
