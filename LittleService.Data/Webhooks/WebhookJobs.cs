using LittleService.Jobs;

namespace LittleService.Data.Webhooks;

/// <summary>Finds who has subscribed to an event and enqueues a delivery for each.</summary>
public sealed record TellWebhooks(Guid EventId, string Type, string Body) : IJob
{
    public static string Kind => "tell_webhooks";
}

/// <summary>Sends one event to one subscriber. The body is the same in every attempt.</summary>
public sealed record DeliverWebhook(Guid WebhookId, Guid EventId, string Body) : IJob
{
    public static string Kind => "deliver_webhook";

    // One slow subscriber holds few of a worker's hands.
    public static JobPolicy Policy { get; } = new() { MaxRunningPerKey = 4 };

    public EnqueueOptions Options => new() { LimitKey = $"{WebhookId}", UniqueKey = $"{EventId}:{WebhookId}" };
}

/// <summary>Enqueues again what waited while a webhook was paused.</summary>
public sealed record ReleaseWebhook(Guid WebhookId) : IJob
{
    public static string Kind => "release_webhook";
}
