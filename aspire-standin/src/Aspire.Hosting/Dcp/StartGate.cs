using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Holds a start back until all that it waits for has come.</summary>
internal sealed class StartGate(ResourceNotificationService notifications)
{
    public Task PassAsync(IResource resource, CancellationToken cancellationToken) =>
        Task.WhenAll(resource.Annotations.OfType<WaitAnnotation>().Select(wait => PassAsync(resource, wait, cancellationToken)));

    private async Task PassAsync(IResource resource, WaitAnnotation wait, CancellationToken cancellationToken)
    {
        // These are values: nothing of them starts.
        if (wait.Resource is ParameterResource or ConnectionStringParameterResource && !wait.Resource.HasAnnotationOfType<HealthCheckAnnotation>()) return;
        await foreach (var e in notifications.WatchAsync(cancellationToken))
        {
            if (!ReferenceEquals(e.Resource, wait.Resource)) continue;
            var all = notifications.Current(wait.Resource);
            if (all.Count == wait.Resource.InstanceIds().Count && all.All(snapshot => HasCome(wait, snapshot)))
            {
                await Task.WhenAll(all.Select(snapshot => snapshot.Ready ?? Task.CompletedTask)).WaitAsync(cancellationToken);
                return;
            }
            if (wait.WaitBehavior != WaitBehavior.WaitOnResourceUnavailable && all.FirstOrDefault(snapshot => CannotCome(wait, snapshot)) is { } lost)
                throw new DependencyLostException(resource, wait.Resource, ResourceNotificationService.Fate(lost));
        }
        cancellationToken.ThrowIfCancellationRequested();
        throw new OperationCanceledException("The application stopped while resources were waiting for each other.");
    }

    private static bool HasCome(WaitAnnotation wait, CustomResourceSnapshot snapshot) => wait.WaitType switch
    {
        WaitType.WaitUntilHealthy => ResourceNotificationService.IsReady(snapshot),
        WaitType.WaitUntilStarted => snapshot.State?.Text == KnownResourceStates.Running,
        _ => ResourceNotificationService.HasEnded(snapshot) && snapshot.ExitCode == wait.ExitCode,
    };

    private static bool CannotCome(WaitAnnotation wait, CustomResourceSnapshot snapshot) =>
        ResourceNotificationService.HasEnded(snapshot) && (wait.WaitType != WaitType.WaitForCompletion || snapshot.ExitCode != wait.ExitCode);
}

/// <summary>What a resource waits for has ended.</summary>
internal sealed class DependencyLostException(IResource resource, IResource dependency, string fate)
    : DistributedApplicationException($"Resource '{resource.Name}' cannot start: '{dependency.Name}', which it waits for, {fate}.")
{
    public IResource Dependency { get; } = dependency;
}
