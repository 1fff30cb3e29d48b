using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Wire;

namespace Aspire.Hosting.Dashboard;

/// <summary>Reads logs from, and gives commands to, the resources of the running model.</summary>
internal sealed class ModelControl(ResourceLoggerService logs, ResourceCommandService commands) : IResourceControl
{
    public async IAsyncEnumerable<IReadOnlyList<ConsoleLogLine>> ReadLogsAsync(
        string resourceName, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batches = follow ? logs.WatchAsync(resourceName) : logs.GetAllAsync(resourceName);
        await foreach (var batch in batches.WithCancellation(cancellationToken))
            yield return [.. batch.Select(line => new ConsoleLogLine { Text = line.Content, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber })];
    }

    public async Task<ResourceCommandResponse> ExecuteAsync(ResourceCommandRequest request, CancellationToken cancellationToken)
    {
        var result = await commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, cancellationToken);
        return new ResourceCommandResponse
        {
            Kind = result.Canceled ? ResourceCommandResponseKind.Cancelled
                : result.Success ? ResourceCommandResponseKind.Succeeded : ResourceCommandResponseKind.Failed,
            ErrorMessage = result.Success ? "" : result.Message ?? "",
            Message = result.Message ?? "",
        };
    }
}
