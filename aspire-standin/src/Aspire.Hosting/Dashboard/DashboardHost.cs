using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Serves the resources to the dashboard, adds it to the application, and says where it is once it answers.</summary>
internal sealed partial class DashboardHost(
    DashboardSettings settings,
    AppHost appHost,
    ResourceNotificationService notifications,
    ResourceLoggerService logs,
    ResourceCommandService commands,
    ILoggerFactory loggers) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ILogger _logger = loggers.CreateLogger("Aspire.Hosting.Dashboard");
    private readonly CancellationTokenSource _stopping = new();
    private readonly ResourceBoard _board = new();
    private ResourceServer? _server;
    private Task _work = Task.CompletedTask;

    /// <summary>Starts the resource service and puts the dashboard first in the model, so that it starts first.</summary>
    public async Task AddToAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        settings.Check();
        var bundle = await AspireBundle.FindAsync(cancellationToken);
        var service = new ResourceService(Shown(appHost.Name), _board, new ModelControl(logs, commands));
        _server = new ResourceServer(service, settings.ResourceServiceKey, loggers.CreateLogger<ResourceServer>());
        var address = await _server.StartAsync(settings.ResourceServicePort, cancellationToken);
        var dashboard = new DashboardResource(settings, bundle.Dashboard, address);
        model.Resources.Insert(0, dashboard);
        _work = Task.WhenAll(FollowAsync(_stopping.Token), AnnounceAsync(dashboard, _stopping.Token));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_server is not null)
            await _server.DisposeAsync();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var known in notifications.WatchAsync(cancellationToken))
            _board.Upsert(ResourceRow.From(known));
    }

    private async Task AnnounceAsync(DashboardResource dashboard, CancellationToken cancellationToken)
    {
        var address = await dashboard.Frontend.GetValueAsync(cancellationToken);
        if (await AnswersAsync($"{address}/health", cancellationToken))
            LogReady(settings.BrowserToken is { } token ? $"{address}/login?t={token}" : $"{address}");
        else
            LogSilent(address, Patience.TotalSeconds, DashboardResource.ResourceName);
    }

    // Before the dashboard listens, the proxy before it accepts connections and leaves them hanging.
    private static async Task<bool> AnswersAsync(string url, CancellationToken cancellationToken)
    {
        using var anyCertificate = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(anyCertificate) { Timeout = TimeSpan.FromSeconds(1) };
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            try
            {
                using var answer = await http.GetAsync(url, cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return true;
            }
            catch (Exception error) when (error is HttpRequestException || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // Not yet.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
        return false;
    }

    private static string Shown(string appHost) =>
        appHost.EndsWith(".AppHost", StringComparison.OrdinalIgnoreCase) ? appHost[..^".AppHost".Length] : appHost;

    [LoggerMessage(LogLevel.Information, "Login to the dashboard at {Url}")]
    private partial void LogReady(string url);

    [LoggerMessage(LogLevel.Warning, "The dashboard has not answered at {Url} for {Seconds} s: its log is that of the resource {Resource}.")]
    private partial void LogSilent(string? url, double seconds, string resource);
}
