using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LittleService.ServiceDefaults;

/// <summary>
/// Takes the place of the console lifetime, which stops the server the moment the signal arrives and so drops whatever is still routed to
/// it. First signal: not ready, served on for <see cref="DrainOptions.Delay"/>, then the host stops. Second signal: the host stops now.
/// </summary>
internal sealed partial class DrainingLifetime(
    ServiceState state, IHostApplicationLifetime host, IOptions<DrainOptions> options, TimeProvider clock, ILogger<DrainingLifetime> logger)
    : IHostLifetime, IDisposable
{
    private static readonly PosixSignal[] StopSignals = [PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGQUIT];
    private PosixSignalRegistration[] _registrations = [];

    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _registrations = [.. StopSignals.Select(signal => PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            _ = StopAsync(context.Signal);
        }))];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(PosixSignal signal)
    {
        if (state.BeginDraining())
        {
            LogDraining(signal, options.Value.Delay);
            await Task.Delay(options.Value.Delay, clock, host.ApplicationStopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        host.StopApplication();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
    }

    [LoggerMessage(LogLevel.Information, "{Signal}: not ready from now on, still serving for {Delay}; a second signal stops at once")]
    private partial void LogDraining(PosixSignal signal, TimeSpan delay);
}
