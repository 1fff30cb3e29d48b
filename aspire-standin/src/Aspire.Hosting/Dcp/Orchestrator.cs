using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>Brings the whole application up, in the order its resources wait for each other, and down again.</summary>
internal sealed partial class Orchestrator(
    DistributedApplicationModel model,
    IDistributedApplicationEventing eventing,
    ResourceNotificationService notifications,
    ResourceLoggerService loggers,
    IServiceProvider services,
    ILogger<DistributedApplication> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _background = [];
    private Task<DcpSession>? _session;
    private InstanceDriver? _driver;
    private IReadOnlyList<Instance> _instances = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        LogStarting();
        using var fault = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopping.Token);
        // DCP takes most of a second to come: whoever listens to the start can use it.
        _session = StartDcpAsync(fault.Token);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);
        _instances = [.. model.Resources.Where(Instance.Runs).SelectMany(Instance.Of)];
        // Nobody must stop the dashboard from inside the dashboard.
        foreach (var resource in model.Resources.Where(r => Instance.Runs(r) && r is not DashboardResource)) LifecycleCommands.AddTo(resource, ExecuteAsync);
        foreach (var resource in model.Resources) await notifications.PublishUpdateAsync(resource, snapshot => snapshot);

        var client = (await _session).Client;
        _driver = ActivatorUtilities.CreateInstance<InstanceDriver>(services, client, _instances);
        loggers.ProcessLogs = _driver.ReadLogAsync;
        await ContainerEngine.PrepareAsync(model, services, client, cancellationToken);
        await ActivatorUtilities.CreateInstance<EndpointAllocator>(services, client).AllocateAsync(model.Resources, cancellationToken);
        ShareEndpoints();
        _background.Add(_driver.WatchAsync(_stopping.Token));
        _background.Add(ActivatorUtilities.CreateInstance<HealthMonitor>(services).RunAsync(_stopping.Token));
        _background.Add(ActivatorUtilities.CreateInstance<ChildStates>(services).RunAsync(_stopping.Token));

        await AllOrFirstFaultAsync([.. model.Resources.Select(resource => BringUpAsync(resource, fault.Token))], fault);
        await eventing.PublishAsync(new AfterResourcesCreatedEvent(services, model), cancellationToken);
        LogStarted();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_session is null) return;
        LogStopping();
        try
        {
            var session = await _session;
            await StopInOrderAsync(cancellationToken);
            await _stopping.CancelAsync();
            await session.DisposeAsync();
        }
        catch (Exception e) when (_session.IsFaulted || _session.IsCanceled || e is OperationCanceledException)
        {
            // There is no DCP to stop.
        }
        await _stopping.CancelAsync();
        notifications.Dispose();
        await Task.WhenAll(_background);
    }

    public void Dispose() => _stopping.Dispose();

    private static async Task<DcpSession> StartDcpAsync(CancellationToken cancellationToken) =>
        await DcpSession.StartAsync(await AspireBundle.FindAsync(cancellationToken), cancellationToken);

    /// <summary>The first fault ends the waiting of all others; what it hit is said with the last words of what died.</summary>
    private async Task AllOrFirstFaultAsync(List<Task> tasks, CancellationTokenSource fault)
    {
        var all = tasks.ToList();
        while (tasks.Count > 0)
        {
            var done = await Task.WhenAny(tasks);
            tasks.Remove(done);
            if (done.IsCompletedSuccessfully) continue;
            await fault.CancelAsync();
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.Exception?.InnerException is DependencyLostException lost && await LastWordsAsync(lost.Dependency) is { } words)
                throw new DistributedApplicationException($"{lost.Message} It said: {words}", lost);
            await done;
        }
    }

    private async Task<string?> LastWordsAsync(IResource resource)
    {
        if (_instances.FirstOrDefault(i => i.Resource == resource) is not { } instance) return null;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            return await _driver!.LastWordsAsync(instance, patience.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or DcpRefusedException)
        {
            return null;
        }
    }

    private async Task BringUpAsync(IResource resource, CancellationToken cancellationToken)
    {
        await eventing.PublishAsync(new InitializeResourceEvent(resource, eventing, loggers, notifications, services), cancellationToken);
        if (resource is ParameterResource parameter) await parameter.GetValueAsync(cancellationToken);
        if (resource is IResourceWithConnectionString connection)
        {
            if (resource is ConnectionStringResource or ConnectionStringParameterResource) await connection.GetConnectionStringAsync(cancellationToken);
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken);
        }
        if (resource is ParameterResource or ConnectionStringResource or ConnectionStringParameterResource)
            await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.Running });
        if (!Instance.Runs(resource)) return;

        var urls = await Urls.OfAsync(resource, services, cancellationToken);
        await notifications.PublishUpdateAsync(resource, snapshot => snapshot with { Urls = urls });
        if (resource.HasAnnotationOfType<ExplicitStartupAnnotation>())
            await notifications.PublishUpdateAsync(resource, s => s with { State = KnownResourceStates.NotStarted });
        else await StartAsync(resource, [.. _instances.Where(i => i.Resource == resource)], cancellationToken);
    }

    private async Task StartAsync(IResource resource, IReadOnlyList<Instance> instances, CancellationToken cancellationToken)
    {
        try
        {
            await PublishAsync(resource.HasAnnotationOfType<WaitAnnotation>() ? KnownResourceStates.Waiting : KnownResourceStates.Starting);
            await eventing.PublishAsync(new BeforeResourceStartedEvent(resource, services), cancellationToken);
            await new StartGate(notifications).PassAsync(resource, cancellationToken);
            await PublishAsync(KnownResourceStates.Starting);
            await Task.WhenAll(instances.Select(instance => _driver!.StartAsync(instance, cancellationToken)));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await PublishAsync(KnownResourceStates.FailedToStart);
            loggers.GetLogger(resource).Log(LogLevel.Error, default, e.Message, null, (message, _) => message);
            if (e is DistributedApplicationException) throw;
            throw new DistributedApplicationException($"Resource '{resource.Name}' could not be started: {e.Message}", e);
        }

        async Task PublishAsync(string state)
        {
            foreach (var instance in instances)
                await notifications.PublishUpdateAsync(resource, instance.Id, s => s with { State = state, StoppedOnRequest = false });
        }
    }

    private async Task ExecuteAsync(string id, string command, CancellationToken cancellationToken)
    {
        var instance = _driver?.Find(id) ?? throw new DistributedApplicationException($"There is no resource '{id}'.");
        await instance.Gate.WaitAsync(cancellationToken);
        try
        {
            if (command != KnownResourceCommands.StartCommand) await _driver.StopAsync(instance, cancellationToken);
            if (command != KnownResourceCommands.StopCommand) await StartAsync(instance.Resource, [instance], cancellationToken);
        }
        finally
        {
            instance.Gate.Release();
        }
    }

    /// <summary>Health checks ask every replica, not whichever the proxy picks.</summary>
    private void ShareEndpoints()
    {
        foreach (var resource in model.Resources.Where(r => r.InstanceIds().Count > 1))
        {
            foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            {
                var service = EndpointAllocator.ServiceName(resource, endpoint);
                endpoint.Replicas = () => [.. _driver!.Behind(service).Select(e => new Uri($"{endpoint.UriScheme}://{e.Address}:{e.Port}"))];
            }
        }
    }

    /// <summary>What nobody else uses stops first, so that services can still reach their servers while they end.</summary>
    private async Task StopInOrderAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(3));
        var live = _instances.Where(i => i.Life.Created.Task.IsCompleted).ToList();
        try
        {
            while (live.Where(i => Uses(i.Resource).Any()).ToList() is { Count: > 0 } users)
            {
                var used = live.SelectMany(i => Uses(i.Resource)).ToHashSet();
                var next = users.Where(i => !used.Contains(i.Resource)).ToList();
                if (next.Count == 0) return;
                await Task.WhenAll(next.Select(i => _driver!.StopAsync(i, patience.Token)));
                live.RemoveAll(next.Contains);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or DcpRefusedException)
        {
            // What does not end in time is ended with the rest.
        }
    }

    // To wait for something at the start is not to use it: the worker need not outlive the api.
    private static IEnumerable<IResource> Uses(IResource resource) => resource.Annotations.OfType<ResourceRelationshipAnnotation>()
        .Where(r => r.Type == "Reference").Select(r => ChildStates.Root(r.Resource)).Where(r => r != resource && Instance.Runs(r));

    [LoggerMessage(LogLevel.Information, "Distributed application starting.")]
    private partial void LogStarting();

    [LoggerMessage(LogLevel.Information, "Distributed application started. Press Ctrl+C to shut down.")]
    private partial void LogStarted();

    [LoggerMessage(LogLevel.Information, "Distributed application stopping.")]
    private partial void LogStopping();
}
