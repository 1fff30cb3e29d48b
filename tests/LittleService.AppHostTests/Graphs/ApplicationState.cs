using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.AppHostTests.Graphs;

internal static class ApplicationState
{
    /// <summary>A wait that fails tells how each resource is and what it wrote last.</summary>
    public static async Task WaitForHealthyAsync(
        this DistributedApplication app, string resource, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            // A resource that has failed to start, or has ended, will not get healthy: there is nothing to wait for.
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, WaitBehavior.StopOnResourceUnavailable, limit.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"{resource} is not healthy: {e.Message}\n{await app.DescribeAsync()}");
        }
    }

    /// <summary>Every resource with its state, its health and the last lines that it wrote.</summary>
    public static async Task<string> DescribeAsync(this DistributedApplication app, int lines = 40)
    {
        var text = new StringBuilder();
        foreach (var (id, snapshot) in await SnapshotsAsync(app))
            await AppendAsync(text, app, id, snapshot, lines);
        return text.ToString();
    }

    // What is known comes at once, the stream of changes has no end.
    private static async Task<SortedDictionary<string, CustomResourceSnapshot>> SnapshotsAsync(DistributedApplication app)
    {
        var snapshots = new SortedDictionary<string, CustomResourceSnapshot>(StringComparer.Ordinal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await foreach (var change in app.ResourceNotifications.WatchAsync(limit.Token))
                snapshots[change.ResourceId] = change.Snapshot;
        }
        catch (OperationCanceledException)
        {
            // What did not come by now is not known.
        }
        return snapshots;
    }

    private static async Task AppendAsync(StringBuilder text, DistributedApplication app, string id, CustomResourceSnapshot snapshot, int most)
    {
        text.AppendLine($"---- {id}: {snapshot.State?.Text ?? "no state"}, {snapshot.HealthStatus?.ToString() ?? "no health"}");
        foreach (var report in snapshot.HealthReports)
            text.AppendLine($"     {report.Name}: {report.Status} {report.Description} {report.ExceptionText?.Split('\n')[0]}");

        var lines = new Queue<string>();
        await foreach (var batch in app.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(id))
        {
            foreach (var line in batch)
            {
                lines.Enqueue(line.Content);
                if (lines.Count > most)
                    lines.Dequeue();
            }
        }
        text.AppendJoin('\n', lines).AppendLine();
    }
}
