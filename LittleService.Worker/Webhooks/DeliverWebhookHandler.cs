using LittleService.Data.Webhooks;
using LittleService.Jobs;
using Microsoft.Extensions.Options;

namespace LittleService.Worker.Webhooks;

public sealed partial class DeliverWebhookHandler(
    WebhookDeliveries deliveries, WebhookSender sender, WebhookSecrets secrets, IOptions<WebhookOptions> options, TimeProvider time,
    ILogger<DeliverWebhookHandler> logger)
    : IJobHandler<DeliverWebhook>
{
    // As the longest wait between attempts.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public async Task HandleAsync(DeliverWebhook job, JobContext context, CancellationToken cancellationToken)
    {
        // Subscriptions end, and accounts are disabled, while deliveries wait: nobody is there to be told.
        if (await deliveries.FindAsync(job.WebhookId, cancellationToken) is not { Active: true } target) return;
        if (target.Paused) throw PutOff(job);
        try
        {
            await sender.SendAsync(target.Url, secrets.Unprotect(target.Secret), job, cancellationToken);
        }
        catch (WebhookFailedException failure) when (failure.Gone)
        {
            await deliveries.PauseAsync(job.WebhookId, failure.Message, cancellationToken);
            throw PutOff(job);
        }
        catch (WebhookFailedException failure)
        {
            var (most, longest) = (options.Value.PauseAfterFailures, options.Value.PauseAfterTime);
            if (await deliveries.FailedAsync(job.WebhookId, most, longest, cancellationToken)) LogPaused(job.WebhookId);
            if (failure.RetryAfter is { } wait && wait > TimeSpan.Zero)
                throw new RetryLaterException(wait < Longest ? wait : Longest, failure.Message);
            throw;
        }

        if (target.Failing) await deliveries.SucceededAsync(job.WebhookId, cancellationToken);
    }

    private Exception PutOff(DeliverWebhook job) => time.GetUtcNow() - job.HappenedAt < options.Value.KeepPaused
        ? new SnoozeException(options.Value.PausedDelay, "The webhook is paused.")
        : new PermanentFailureException("The webhook was paused for too long.");

    [LoggerMessage(LogLevel.Warning,
        "Webhook {Webhook} is paused: its deliveries kept failing. What comes meanwhile waits until its owner resumes it.")]
    private partial void LogPaused(Guid webhook);
}
