using LittleService.Data.Events;
using Microsoft.Extensions.Options;

namespace LittleService.Api.Events;

/// <summary>Decides before a body is read whether there is room for it: in this process, and in Redis, which it asks every second.</summary>
internal sealed partial class IntakeGate(EventLog log, IOptions<EventOptions> options, TimeProvider time, ILogger<IntakeGate> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseWhenAway = TimeSpan.FromMilliseconds(250);

    private int _requests;
    private long _bytes;
    private long _backlog;
    private volatile bool _away;

    /// <summary>Null when the request may come in; it must then call <see cref="Leave"/>. Views of our own pages may take half of the room only.</summary>
    public Refusal? Enter(int bytes, bool view = false)
    {
        if (_away) return Refusal.Redis;
        if (Volatile.Read(ref _backlog) > options.Value.BacklogBytes) return Refusal.Backlog;
        var (requests, held) = (Interlocked.Increment(ref _requests), Interlocked.Add(ref _bytes, bytes));
        if (requests <= (view ? options.Value.Waiting / 2 : options.Value.Waiting) && held <= options.Value.BufferBytes) return null;
        Leave(bytes);
        return Refusal.Busy;
    }

    public void Leave(int bytes)
    {
        Interlocked.Decrement(ref _requests);
        Interlocked.Add(ref _bytes, -bytes);
    }

    /// <summary>Counts what came since Redis was asked.</summary>
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
