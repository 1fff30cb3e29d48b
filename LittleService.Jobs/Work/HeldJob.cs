namespace LittleService.Jobs.Work;

/// <summary>
/// A job in this worker's hands, from its claim until its end is written: it waits in line, runs, and is over, or is given up while its
/// handler goes on.
/// </summary>
internal sealed class HeldJob : JobRow
{
    private const int Waiting = 0;
    private const int Running = 1;

    // For the moment in which its handler is being told.
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

    /// <summary>Why the handler was told to stop, if it was.</summary>
    public Outcome? StopCause { get; private set; }

    public bool IsWaiting => Volatile.Read(ref _phase) == Waiting;

    public bool IsOver => Volatile.Read(ref _phase) >= Over;

    /// <summary>Whether its end was decided without its handler, which goes on.</summary>
    public bool IsGivenUp => Volatile.Read(ref _phase) == GivenUp;

    /// <summary>False when the job was given back while it waited.</summary>
    public bool TryStart(CancellationTokenSource cancellation)
    {
        _cancellation = cancellation;
        return Interlocked.CompareExchange(ref _phase, Running, Waiting) == Waiting;
    }

    /// <summary>Takes the job out of the line, unless it has started.</summary>
    public bool TryGiveBack()
    {
        if (Interlocked.CompareExchange(ref _phase, Over, Waiting) != Waiting)
            return false;
        Outcome = Outcome.GivenBack;
        return true;
    }

    /// <summary>Tells the handler to stop. It cannot end meanwhile, or the next job of its slot would be told instead.</summary>
    public void Stop(Outcome cause)
    {
        if (Interlocked.CompareExchange(ref _phase, Stopping, Running) != Running)
            return;
        StopCause ??= cause;
        _ = _cancellation!.CancelAsync();
        Volatile.Write(ref _phase, Running);
    }

    /// <summary>Whether the handler has been seen to go on for so long after it was told to stop, or its time was up.</summary>
    public bool IgnoresStop(TimeProvider time, TimeSpan patience)
    {
        if (Volatile.Read(ref _phase) != Running || !_cancellation!.IsCancellationRequested)
            return false;
        _seenStoppedAt ??= time.GetTimestamp();
        return time.GetElapsedTime(_seenStoppedAt.Value) >= patience;
    }

    public void End(Verdict verdict) => TryEnd(verdict, Over);

    /// <summary>Ends the attempt although its handler goes on. False when it has just ended by itself.</summary>
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
