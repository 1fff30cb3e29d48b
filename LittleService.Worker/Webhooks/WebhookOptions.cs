namespace LittleService.Worker.Webhooks;

/// <summary>Settings of deliveries; the configuration section is <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>How long a subscriber may take to answer.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A webhook is paused when so many attempts have failed in a row,</summary>
    public int PauseAfterFailures { get; set; } = 20;

    /// <summary>and the first of them is so long ago: a restart of the subscriber is no reason.</summary>
    public TimeSpan PauseAfterTime { get; set; } = TimeSpan.FromMinutes(10);
}
