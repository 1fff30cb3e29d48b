using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LittleService.Jobs.Work;

/// <summary>
/// The worker. It stops in two stages: it takes no more jobs and gives back those in line, waits for those that run, then cancels them and
/// gives them back. A job that was interrupted keeps its attempts.
/// </summary>
internal sealed partial class JobWorker(
    Takers takers, Leases leases, Executor executor, Completer completer, Consumer consumer, IOptions<JobOptions> options,
    ILogger<JobWorker> logger) : IHostedService, IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _taking = new();
    private readonly CancellationTokenSource _beating = new();
    private Task _taken = Task.CompletedTask;
    private Task _heart = Task.CompletedTask;
    private Task? _stopping;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        completer.Start();
        executor.Start();
        _heart = leases.LoopAsync(takers.LogFailed, _beating.Token);
        _taken = takers.RunAsync(_taking.Token);
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
        _taking.Dispose();
        _beating.Dispose();
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        await _taking.CancelAsync();
        await _taken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await executor.StopAsync(cancellationToken);
        await completer.StopAsync(cancellationToken);
        await _beating.CancelAsync();
        await _heart.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await takers.LeaveAsync();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Worker {Name} runs up to {Concurrency} jobs at once")]
    private partial void LogStarted(string name, int concurrency);
}
