using Aspire.Hosting.Dashboard.Wire;

namespace Aspire.Hosting.Dashboard;

/// <summary>What the dashboard may ask of a resource, by the name of its instance.</summary>
internal interface IResourceControl
{
    IAsyncEnumerable<IReadOnlyList<ConsoleLogLine>> ReadLogsAsync(string resourceName, bool follow, CancellationToken cancellationToken);

    Task<ResourceCommandResponse> ExecuteAsync(ResourceCommandRequest request, CancellationToken cancellationToken);
}
