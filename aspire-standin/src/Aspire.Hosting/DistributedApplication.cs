using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application of resources.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private readonly OperationRequest _request;
    private readonly Interception? _interception;
    private bool _started;

    internal DistributedApplication(IHost host, OperationRequest request, Interception? interception) =>
        (_host, _request, _interception) = (host, request, interception);

    /// <summary>The app host's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>Knows the state of every resource.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>Gives commands to resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Begins an application without arguments.</summary>
    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    /// <summary>Begins an application.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => CreateBuilder(new DistributedApplicationOptions { Args = args });

    /// <summary>Begins an application.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts all resources; completes when each was started, which may mean that others were healthy before.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        _started = true;
        await _host.StartAsync(cancellationToken);
    }

    /// <summary>Stops all resources; completes when all are gone.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        _started = false;
        await _host.StopAsync(cancellationToken);
    }

    /// <summary>Runs until Ctrl-C or SIGTERM. A fault is one sentence on the error stream and an exit code other than 0.</summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_interception is not null)
        {
            await _interception.AwaitEndAsync();
            return;
        }
        try
        {
            if (_request.Operation == DistributedApplicationOperation.Publish) await PublishAsync(cancellationToken);
            else await RunResourcesAsync(cancellationToken);
        }
        catch (DistributedApplicationException fault)
        {
            FaultSentence.Write(fault);
        }
        finally
        {
            await DisposeAsync();
        }
    }

    /// <summary>Runs until Ctrl-C or SIGTERM.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Stops what still runs.</summary>
    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_started) await StopAsync();
        }
        finally
        {
            if (_host is IAsyncDisposable host) await host.DisposeAsync();
            else _host.Dispose();
            _interception?.End();
            GC.SuppressFinalize(this);
        }
    }

    private async Task RunResourcesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartAsync(cancellationToken);
            await _host.WaitForShutdownAsync(cancellationToken);
            _started = false;
        }
        catch (OperationCanceledException) when (Stopping.IsCancellationRequested || cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C during the start is a wish, not a fault.
        }
    }

    private CancellationToken Stopping => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        var model = Services.GetRequiredService<DistributedApplicationModel>();
        await Services.GetRequiredService<IDistributedApplicationEventing>().PublishAsync(new BeforeStartEvent(Services, model), cancellationToken);
        await Services.GetRequiredService<ManifestPublisher>().PublishAsync(model, _request.OutputPath!, cancellationToken);
    }
}
