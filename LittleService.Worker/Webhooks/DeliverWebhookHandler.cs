using LittleService.Data.Webhooks;
using LittleService.Jobs;
using Microsoft.Extensions.Options;

namespace LittleService.Worker.Webhooks;

public sealed partial class DeliverWebhookHandler(
    WebhookDeliveries deliveries, WebhookSender sender, WebhookSecrets secrets, IOptions<WebhookOptions> options, ILogger<DeliverWebhookHandler> logger)
    : IJobHandler<DeliverWebhook>
{
    public async Task HandleAsync(DeliverWebhook job, JobContext context, CancellationToken cancellationToken)
    {
        // Subscriptions end while deliveries wait: nobody is there to be told.
        if (await deliveries.FindAsync(job.WebhookId, cancellationToken) is not { } target) return;
        if (target.Paused && await WebhookDeliveries.KeepAsync(await context.TransactionAsync(cancellationToken), job, cancellationToken)) return;
        try
        {
            await sender.SendAsync(target.Url, secrets.Unprotect(target.Secret), job, cancellationToken);
        }
        catch (WebhookFailedException)
        {
            if (await deliveries.FailedAsync(job.WebhookId, options.Value.PauseAfterFailures, options.Value.PauseAfterTime, cancellationToken)) LogPaused(job.WebhookId);
            throw;
        }

        if (target.Failing) await deliveries.SucceededAsync(job.WebhookId, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Webhook {Webhook} is paused: its deliveries kept failing. What comes meanwhile waits until its owner resumes it.")]
    private partial void LogPaused(Guid webhook);
}
