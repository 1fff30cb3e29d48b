using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace LittleService.AppHostTests.Graphs;

internal static class ApplicationState
{
    private const int Lines = 40;

    /// <summary>Every resource with its state, its health and the last lines that it wrote.</summary>
    public static async Task<string> DescribeAsync(this DistributedApplication app)
    {
        var text = new StringBuilder();
        foreach (var (id, snapshot) in await SnapshotsAsync(app))
            await AppendAsync(text, app, id, snapshot);
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

    private static async Task AppendAsync(StringBuilder text, DistributedApplication app, string id, CustomResourceSnapshot snapshot)
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
                if (lines.Count > Lines)
                    lines.Dequeue();
            }
        }
        text.AppendJoin('\n', lines).AppendLine();
    }
}
