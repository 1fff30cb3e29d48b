namespace LittleService.Jobs.Work;

/// <summary>How an attempt ended, why, and the delay before the next attempt.</summary>
internal readonly record struct Verdict(Outcome Outcome, string? Error = null, TimeSpan Wait = default)
{
    /// <summary>The verdict on an attempt whose handler threw.</summary>
    /// <param name="job">The job.</param>
    /// <param name="policy">That of its kind.</param>
    /// <param name="e">What was thrown.</param>
    /// <param name="cancelled">Whether its token was cancelled by then.</param>
    public static Verdict Of(HeldJob job, JobPolicy policy, Exception e, bool cancelled)
    {
        var stop = job.StopCause ?? (cancelled ? Outcome.TimedOut : null);
        return e switch
        {
            JobLostException => new(Outcome.Lost),
            UnreadablePayloadException => new(Outcome.Parked, $"unreadable payload: {e.Message}"),
            SnoozeException snooze => new(Outcome.Snoozed, snooze.Message, snooze.Delay),
            PermanentFailureException => new(Outcome.Dead, e.Message),
            // Any exception after cancellation: drivers report an interruption in different ways.
            _ when stop is Outcome.Lost or Outcome.GivenBack => new(stop.Value),
            _ => Retry(job, policy, e, stop is Outcome.TimedOut && e is OperationCanceledException),
        };
    }

    private static Verdict Retry(HeldJob job, JobPolicy policy, Exception e, bool timedOut)
    {
        var error = timedOut ? $"took longer than {policy.Timeout}" : $"{e.GetType().Name}: {e.Message}";
        if (job.Attempt >= policy.Retry.Attempts)
            return new(Outcome.Dead, error);
        var wait = (e as RetryLaterException)?.Delay ?? policy.Retry.WaitAfter(job.Attempt, Random.Shared.NextDouble());
        return new(timedOut ? Outcome.TimedOut : Outcome.Retry, error, wait);
    }
}
