using LittleService.Jobs.Storage;
using Npgsql;

namespace LittleService.Jobs.Work;

/// <summary>A job in this worker's hands, from its claim until its end is written.</summary>
internal sealed class HeldJob : JobContext, IAsyncDisposable
{
    private const int Waiting = 0;
    private const int Running = 1;
    private const int Told = 2;
    private const int Over = 3;
    private const int GivenUp = 4;
    private int _phase;
    private long? _toldAt;
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;
    private CancellationTokenSource? _cancellation;

    public required Guid Id { get; init; }

    public required int Token { get; init; }

    public required string Queue { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null where this worker does not know the kind.</summary>
    public required JobRegistration? Registration { get; init; }

    public required short Version { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public required JobPriority Priority { get; init; }

    public required JobDatabase Database { get; init; }

    public string? Trace { get; init; }

    /// <summary>Whether the payload is encrypted.</summary>
    public bool Sensitive { get; init; }

    /// <summary>Set by the delivery that brought it.</summary>
    public Delivery Delivery { get; set; } = null!;

    /// <summary>Whether Postgres says that this worker runs it.</summary>
    public bool Leased { get; set; }

    /// <summary>Two workers were lost with it: it may be what killed them, so no other such job is run beside it.</summary>
    public bool Suspect { get; init; }

    public Outcome Outcome { get; private set; }

    public string? Error { get; private set; }

    public TimeSpan Wait { get; private set; }

    public double Milliseconds { get; set; }

    /// <summary>Why the handler was told to stop, if it was.</summary>
    public Outcome? StopCause { get; private set; }

    public override Guid JobId => Id;

    public override int Attempt => Attempts + 1;

    /// <summary>Attempts that ended before this one.</summary>
    public required int Attempts { get; init; }

    public bool HasTransaction => _transaction is not null;

    public NpgsqlTransaction Transaction => _transaction!;

    public bool IsWaiting => Volatile.Read(ref _phase) == Waiting;

    public bool IsOver => Volatile.Read(ref _phase) >= Over;

    /// <summary>Whether its end was decided without its handler, which goes on.</summary>
    public bool IsGivenUp => Volatile.Read(ref _phase) == GivenUp;

    public override async ValueTask<NpgsqlTransaction> TransactionAsync(CancellationToken cancellationToken)
    {
        if (_transaction is not null)
            return _transaction;
        _connection = await Database.Handlers.OpenConnectionAsync(cancellationToken);
        return _transaction = await _connection.BeginTransactionAsync(cancellationToken);
    }

    public override async Task ReportProgressAsync(double progress, string? note, CancellationToken cancellationToken)
    {
        if (!await JobProgress.ReportAsync(this, progress, note, cancellationToken))
            throw new JobLostException();
    }

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
        if (Interlocked.CompareExchange(ref _phase, Told, Running) != Running)
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
        _toldAt ??= time.GetTimestamp();
        return time.GetElapsedTime(_toldAt.Value) >= patience;
    }

    public void End(Verdict verdict) => TryEnd(verdict, Over);

    /// <summary>Ends the attempt although its handler goes on. False when it has just ended by itself.</summary>
    public bool TryGiveUp(Verdict verdict) => TryEnd(verdict, GivenUp);

    private bool TryEnd(Verdict verdict, int phase)
    {
        int was;
        for (var spin = default(SpinWait); (was = Interlocked.CompareExchange(ref _phase, phase, Running)) == Told;)
            spin.SpinOnce();
        if (was != Running)
            return false;
        (Outcome, Error, Wait) = verdict;
        return true;
    }

    /// <summary>Rolls back what was not committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_transaction is not null)
            await _transaction.DisposeAsync();
        if (_connection is not null)
            await _connection.DisposeAsync();
    }
}
