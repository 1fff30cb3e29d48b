using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>What lives inside another resource, a database in a server, has the state of that one.</summary>
internal sealed class ChildStates(DistributedApplicationModel model, ResourceNotificationService notifications)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var children = model.Resources.Where(r => r is IResourceWithParent && !Instance.Runs(r)).ToLookup(Root);
        try
        {
            await foreach (var e in notifications.WatchAsync(cancellationToken))
            {
                foreach (var child in children[e.Resource]) await notifications.PublishUpdateAsync(child, snapshot => Follow(snapshot, e.Snapshot));
            }
        }
        catch (OperationCanceledException)
        {
            // The application stops.
        }
    }

    public static IResource Root(IResource resource) => resource is IResourceWithParent child ? Root(child.Parent) : resource;

    private static CustomResourceSnapshot Follow(CustomResourceSnapshot child, CustomResourceSnapshot parent)
    {
        if (child.State == parent.State && child.ExitCode == parent.ExitCode) return child;
        var runs = parent.State?.Text == KnownResourceStates.Running;
        return child with
        {
            State = parent.State,
            ExitCode = parent.ExitCode,
            StartTimeStamp = parent.StartTimeStamp,
            StopTimeStamp = parent.StopTimeStamp,
            StoppedOnRequest = parent.StoppedOnRequest,
            Ready = runs ? child.Ready : null,
            HealthReports = runs ? child.HealthReports : [.. child.HealthReports.Select(r => new HealthReportSnapshot(r.Name, null, null, null))],
        };
    }
}
