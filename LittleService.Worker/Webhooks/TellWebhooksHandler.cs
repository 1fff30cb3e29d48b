using LittleService.Data.Webhooks;
using LittleService.Jobs;

namespace LittleService.Worker.Webhooks;

/// <summary>
/// All deliveries are stored at once. If the worker dies just after, they are stored again: their unique key covers those under way, and
/// the id of the event, which goes with each, is the subscriber's means to know the rest.
/// </summary>
public sealed class TellWebhooksHandler(WebhookDeliveries deliveries, JobClient jobs) : IJobHandler<TellWebhooks>
{
    public async Task HandleAsync(TellWebhooks job, JobContext context, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        foreach (var webhook in await deliveries.SubscribersAsync(job.Type, cancellationToken))
        {
            var delivery = new DeliverWebhook(webhook, job.EventId, job.Body);
            transaction.Enqueue(delivery, delivery.Options);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
