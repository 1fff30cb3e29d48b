using System.Text.Json;
using LittleService.Data.Items;
using LittleService.Jobs;

namespace LittleService.Data.Webhooks;

/// <summary>Enqueues the job that tells subscribers of an item's event. Without subscriptions it enqueues no job.</summary>
internal sealed class WebhookEvents(TimeProvider time) : IItemEventListener
{
    public async Task OnAsync(JobTransaction transaction, ItemEvent e, CancellationToken cancellationToken)
    {
        if (await transaction.QueryAsync<bool>("select exists (select from webhooks)", null, cancellationToken) is not [true]) return;
        var at = time.GetUtcNow();
        var id = Guid.CreateVersion7(at);
        var body = JsonSerializer.Serialize(new { id, type = e.Type, at = at.UtcDateTime, data = e.Data }, JsonSerializerOptions.Web);
        transaction.Enqueue(new TellWebhooks(id, e.Type, body));
    }
}
