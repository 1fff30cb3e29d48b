using System.Collections.Concurrent;
using LittleService.Data.Events;
using Microsoft.Extensions.Options;

namespace LittleService.Api.Events;

/// <summary>Decides whether there is room for a request: in this process, and in Redis, which it asks every second.</summary>
internal sealed partial class IntakeGate(EventLog log, IOptions<EventOptions> options, TimeProvider time, ILogger<IntakeGate> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseWhenAway = TimeSpan.FromMilliseconds(250);

    // What each caller holds; those that hold nothing are not in it.
    private readonly ConcurrentDictionary<string, long> _callers = [];
    private int _requests;
    private long _bytes;
    private long _backlog;
    private volatile bool _away;

    /// <summary>Null where a body is worth reading. It takes no place among those that wait before it has been read.</summary>
    public IntakeProblem? Look() =>
        _away ? IntakeProblem.Redis
        : Volatile.Read(ref _backlog) > options.Value.BacklogBytes ? IntakeProblem.Backlog
        : Volatile.Read(ref _requests) >= options.Value.Waiting ? IntakeProblem.Busy
        : null;

    /// <summary>
    /// Takes room for bytes that a caller sends: half of all the room at most. What was taken must be given back by <see cref="Release"/>.
    /// </summary>
    public bool TryReserve(string caller, int bytes)
    {
        var share = _callers.AddOrUpdate(caller, static (_, added) => added, static (_, held, added) => held + added, bytes);
        var all = Interlocked.Add(ref _bytes, bytes);
        if (share <= options.Value.BufferBytes / 2 && all <= options.Value.BufferBytes) return true;
        Release(caller, bytes);
        return false;
    }

    public void Release(string caller, int bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        var held = _callers.AddOrUpdate(caller, static (_, gone) => -gone, static (_, held, gone) => held - gone, bytes);
        if (held <= 0) _callers.TryRemove(KeyValuePair.Create(caller, held));
    }

    /// <summary>
    /// Null when the request may wait for its turn; it must then call <see cref="Leave"/>. Views of our own pages may take half of the
    /// places.
    /// </summary>
    public IntakeProblem? Enter(bool view = false)
    {
        if (Look() is { } problem) return problem;
        if (Interlocked.Increment(ref _requests) <= (view ? options.Value.Waiting / 2 : options.Value.Waiting)) return null;
        Leave();
        return IntakeProblem.Busy;
    }

    public void Leave() => Interlocked.Decrement(ref _requests);

    /// <summary>Adds what came since Redis was last asked.</summary>
    public void Appended(int bytes) => Interlocked.Add(ref _backlog, bytes);

    /// <summary>Turns requests away until Redis answers again.</summary>
    public void Failed(Exception exception)
    {
        if (!_away) LogAway(exception.Message);
        _away = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await MeasureAsync(stoppingToken);
            await Task.Delay(_away ? PauseWhenAway : Pause, time, stoppingToken);
        }
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await log.StatusAsync(cancellationToken);
            Volatile.Write(ref _backlog, status.Bytes);
            if (status.Bytes > options.Value.BacklogBytes) LogFull(status.Bytes);
            EventMetrics.Measured(status, time.GetUtcNow());
            if (_away) LogBack();
            _away = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failed(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Events are turned away, Redis does not take them: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Warning, "Events are turned away: {Bytes} bytes of them wait to be counted.")]
    private partial void LogFull(long bytes);

    [LoggerMessage(LogLevel.Information, "Events are taken again.")]
    private partial void LogBack();
}
