using System.Text.Json.Serialization;
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

    // A slow subscriber must not occupy a whole worker.
    public static JobPolicy Policy { get; } = new() { MaxRunningPerKey = 4 };

    /// <summary>When the event happened: the first 48 bits of its id are milliseconds.</summary>
    [JsonIgnore]
    public DateTimeOffset HappenedAt => DateTimeOffset.FromUnixTimeMilliseconds(Convert.ToInt64(EventId.ToString("N")[..12], 16));

    [JsonIgnore]
    public EnqueueOptions Options => new() { LimitKey = $"{WebhookId}", UniqueKey = $"{EventId}:{WebhookId}" };
}
