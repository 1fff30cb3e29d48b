namespace LittleService.ServiceDefaults;

/// <summary>
/// How an instance stops, read from the section <c>Drain</c>. Both times together belong below the grace period of whatever sends the
/// signal.
/// </summary>
public sealed class DrainOptions
{
    /// <summary>The longest either time may be; mostly a guard against a bare "5", which .NET reads as five days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long requests are still accepted after the stop signal, so that whoever routes to us can notice that we are not ready. Default 5
    /// s.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests and jobs in flight may take to finish once the server has stopped accepting. Default 20 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    internal bool IsValid => Delay >= TimeSpan.Zero && Delay <= Longest && Timeout > TimeSpan.Zero && Timeout <= Longest;
}
