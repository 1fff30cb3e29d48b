namespace Aspire.Hosting.ApplicationModel;

/// <summary>States that mean something to others.</summary>
public static class KnownResourceStates
{
    /// <summary>About to run.</summary>
    public static readonly string Starting = nameof(Starting);

    /// <summary>Runs.</summary>
    public static readonly string Running = nameof(Running);

    /// <summary>Could not be started.</summary>
    public static readonly string FailedToStart = nameof(FailedToStart);

    /// <summary>The container engine does not answer.</summary>
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    /// <summary>About to stop.</summary>
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>Ended, as containers and killed processes do.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>Ended by itself, as processes do.</summary>
    public static readonly string Finished = nameof(Finished);

    /// <summary>Waits for others.</summary>
    public static readonly string Waiting = nameof(Waiting);

    /// <summary>Starts only when asked to.</summary>
    public static readonly string NotStarted = nameof(NotStarted);

    /// <summary>States after which nothing comes by itself.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}

/// <summary>How states are drawn.</summary>
public static class KnownResourceStateStyles
{
    /// <summary>All is well.</summary>
    public static readonly string Success = "success";

    /// <summary>Something failed.</summary>
    public static readonly string Error = "error";
}

/// <summary>Commands that every started resource has.</summary>
public static class KnownResourceCommands
{
    /// <summary>Start it.</summary>
    public static readonly string StartCommand = "start";

    /// <summary>Stop it.</summary>
    public static readonly string StopCommand = "stop";

    /// <summary>Stop and start it.</summary>
    public static readonly string RestartCommand = "restart";
}
