using LittleService.Data.Webhooks;
using LittleService.Jobs;

namespace LittleService.Worker.Webhooks;

public sealed class ReleaseWebhookHandler(WebhookDeliveries deliveries) : IJobHandler<ReleaseWebhook>
{
    public async Task HandleAsync(ReleaseWebhook job, JobContext context, CancellationToken cancellationToken)
    {
        while (await deliveries.ReleaseAsync(job.WebhookId, cancellationToken))
        {
            // Some at a time, so that a crash loses nothing and a long line no memory.
        }
    }
}
