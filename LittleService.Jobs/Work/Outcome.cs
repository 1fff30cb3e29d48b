namespace LittleService.Jobs.Work;

/// <summary>How an attempt ended.</summary>
internal enum Outcome
{
    /// <summary>Done, still to be written.</summary>
    Done,

    /// <summary>Done, and already written in the handler's own transaction.</summary>
    Committed,

    /// <summary>Failed; tried again later.</summary>
    Retry,

    /// <summary>Took too long; tried again later.</summary>
    TimedOut,

    /// <summary>Snoozed by its handler; no attempt counted.</summary>
    Snoozed,

    /// <summary>Failed for good.</summary>
    Dead,

    /// <summary>Cannot be run by this worker.</summary>
    Parked,

    /// <summary>Interrupted: back into the queue, no attempt counted.</summary>
    GivenBack,

    /// <summary>The job belongs to another worker: nothing to write.</summary>
    Lost,
}
