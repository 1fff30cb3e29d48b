namespace LittleService.Jobs.Work;

/// <summary>
/// A job that this worker holds, from its claim until its outcome is written: it waits, runs, and ends, or is given up while its handler
/// still runs.
/// </summary>
internal sealed class HeldJob : JobRow
{
    private const int Waiting = 0;
    private const int Running = 1;

    // Held while its handler is being cancelled.
    private const int Stopping = 2;
    private const int Over = 3;
    private const int GivenUp = 4;
    private int _phase;
    private long? _seenStoppedAt;
    private CancellationTokenSource? _cancellation;

    /// <summary>Null where this worker does not know the kind.</summary>
    public required JobRegistration? Registration { get; init; }

    /// <summary>Set by the delivery that brought it.</summary>
    public Delivery Delivery { get; set; } = null!;

    /// <summary>Whether Postgres says that this worker runs it.</summary>
    public bool Leased { get; set; }

    public Outcome Outcome { get; private set; }

    public string? Error { get; private set; }

    public TimeSpan Wait { get; private set; }

    public double Milliseconds { get; set; }

    /// <summary>Why the handler was cancelled, if it was.</summary>
    public Outcome? StopCause { get; private set; }

    public bool IsWaiting => Volatile.Read(ref _phase) == Waiting;

    public bool IsOver => Volatile.Read(ref _phase) >= Over;

    /// <summary>Whether its outcome was decided while its handler still runs.</summary>
    public bool IsGivenUp => Volatile.Read(ref _phase) == GivenUp;

    /// <summary>False when the job was given back while it waited.</summary>
    public bool TryStart(CancellationTokenSource cancellation)
    {
        _cancellation = cancellation;
        return Interlocked.CompareExchange(ref _phase, Running, Waiting) == Waiting;
    }

    /// <summary>Removes the job from the waiting ones, unless it has started.</summary>
    public bool TryGiveBack()
    {
        if (Interlocked.CompareExchange(ref _phase, Over, Waiting) != Waiting)
            return false;
        Outcome = Outcome.GivenBack;
        return true;
    }

    /// <summary>Cancels the handler. The attempt cannot end meanwhile, or the next job in its slot would be cancelled instead.</summary>
    public void Stop(Outcome cause)
    {
        if (Interlocked.CompareExchange(ref _phase, Stopping, Running) != Running)
            return;
        StopCause ??= cause;
        _ = _cancellation!.CancelAsync();
        Volatile.Write(ref _phase, Running);
    }

    /// <summary>Whether the handler has ignored its cancellation, or its timeout, for this long.</summary>
    public bool IgnoresStop(TimeProvider time, TimeSpan patience)
    {
        if (Volatile.Read(ref _phase) != Running || !_cancellation!.IsCancellationRequested)
            return false;
        _seenStoppedAt ??= time.GetTimestamp();
        return time.GetElapsedTime(_seenStoppedAt.Value) >= patience;
    }

    public void End(Verdict verdict) => TryEnd(verdict, Over);

    /// <summary>Ends the attempt although its handler still runs. False when it has just ended by itself.</summary>
    public bool TryGiveUp(Verdict verdict) => TryEnd(verdict, GivenUp);

    private bool TryEnd(Verdict verdict, int phase)
    {
        int was;
        for (var spin = default(SpinWait); (was = Interlocked.CompareExchange(ref _phase, phase, Running)) == Stopping;)
            spin.SpinOnce();
        if (was != Running)
            return false;
        (Outcome, Error, Wait) = verdict;
        return true;
    }
}
