namespace LittleService.Jobs;

/// <summary>Which jobs of a queue start first.</summary>
public enum JobPriority
{
    /// <summary>Before all others.</summary>
    High = 0,

    /// <summary>The usual.</summary>
    Normal = 1,

    /// <summary>When nothing else waits.</summary>
    Low = 2,
}
