namespace LittleService.ServiceDefaults;

/// <summary>Tags of health checks.</summary>
public static class HealthTags
{
    /// <summary>The check decides whether this instance is sent requests: unhealthy makes <c>/health</c> answer 503.</summary>
    public const string Ready = "ready";
}
