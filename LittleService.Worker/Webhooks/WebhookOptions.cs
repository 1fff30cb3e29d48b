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

    /// <summary>How often a delivery looks whether its webhook is still paused.</summary>
    public TimeSpan PausedDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a delivery waits for that at most, from its event on; then it is dead, and an admin can replay it.</summary>
    public TimeSpan KeepPaused { get; set; } = TimeSpan.FromDays(7);
}
