using Microsoft.Extensions.Hosting;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Sends what the telemetry providers still hold when everything else has stopped, within one second in all: left alone each of the three
/// would wait up to ten seconds for a collector that is already gone.
/// </summary>
internal sealed class TelemetryFlush(TracerProvider traces, MeterProvider metrics, LoggerProvider logs) : IHostedService, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(900);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // The container disposes of this before the providers it was made from; they then find themselves shut down and don't wait again.
    public void Dispose()
    {
        var limit = (int)Limit.TotalMilliseconds;
        Action[] shutdowns = [() => traces.Shutdown(limit), () => metrics.Shutdown(limit), () => logs.Shutdown(limit)];
        Task.WaitAll([.. shutdowns.Select(OnOwnThread)], limit);
    }

    // A shutdown blocks its thread, and the exporter it waits for needs threads of the pool.
    private static Task OnOwnThread(Action shutdown) =>
        Task.Factory.StartNew(shutdown, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
