using LittleService.Jobs.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// The worker. It stops in two stages: it takes no more jobs and gives back those in line, waits for those that run, then cancels them and
/// gives them back. A job that was interrupted keeps its attempts.
/// </summary>
internal sealed partial class JobWorker(
    Fetcher fetcher, IEnumerable<Duty> duties, Leases leases, Executor executor, Completer completer, HeldJobs held, JobStreams streams,
    Consumer consumer, IOptions<JobOptions> options, TimeProvider time, ILogger<JobWorker> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _fetching = new();
    private readonly CancellationTokenSource _beating = new();
    private readonly CancellationTokenSource _abandon = new();
    private Task _takers = Task.CompletedTask;
    private Task _executing = Task.CompletedTask;
    private Task _completing = Task.CompletedTask;
    private Task _heart = Task.CompletedTask;
    private Task? _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _completing = completer.RunAsync(_abandon.Token);
        _executing = executor.RunAsync();
        _heart = leases.LoopAsync(LogDutyFailed, _beating.Token);
        _takers = TakeAsync(_fetching.Token);
        LogStarted(consumer.Name, options.Value.Concurrency);
        return Task.CompletedTask;
    }

    // A host that is stopped by two at once (a program and the test that started it) tells its services twice, the second time perhaps
    // after they were disposed.
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _stopping ??= StopOnceAsync(cancellationToken);
    }

    public void Dispose()
    {
        _fetching.Dispose();
        _beating.Dispose();
        _abandon.Dispose();
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await _fetching.CancelAsync();
        await _takers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var job in Jobs().Where(job => job.TryGiveBack()))
            completer.Add(job);
        held.Close();
        if (!await EndsWithinAsync(_executing, options.Value.StopWait, cancellationToken))
        {
            foreach (var job in Jobs())
                job.Stop(Outcome.GivenBack);
            await EndsWithinAsync(_executing, LastWait, cancellationToken);
            foreach (var job in Jobs())
                executor.GiveUp(job);
        }

        completer.Close();
        if (!await EndsWithinAsync(_completing, LastWait, cancellationToken))
            LogAbandoned(held.Count);
        await _beating.CancelAsync();
        await _abandon.CancelAsync();
        await _heart.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await LeaveAsync();
    }

    private async Task TakeAsync(CancellationToken stopping)
    {
        if (options.Value.StartAfter is { } ready)
            await ready(stopping);
        await Task.WhenAll(duties.Select(duty => duty.LoopAsync(LogDutyFailed, stopping)).Append(fetcher.RunAsync(stopping)));
    }

    private IEnumerable<HeldJob> Jobs() => held.Open().SelectMany(delivery => delivery.Jobs).Where(job => !job.IsOver);

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        await task.WaitAsync(wait, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }

    private async Task LeaveAsync()
    {
        if (!streams.IsUp)
            return;
        try
        {
            await completer.RemoveEntriesAsync();
            foreach (var (queue, priority) in options.Value.Streams())
                await streams.LeaveAsync(consumer.Name, streams.Key(queue, priority));
        }
        catch (Exception e) when (e is StackExchange.Redis.RedisException or TimeoutException)
        {
            LogDutyFailed("leaving", e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {Name} runs up to {Concurrency} jobs at once")]
    private partial void LogStarted(string name, int concurrency);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Duty} failed and will be tried again: {Error}")]
    private partial void LogDutyFailed(string duty, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} jobs could not be given back; others take them over when their lease ends")]
    private partial void LogAbandoned(int count);
}
