using System.Runtime.CompilerServices;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Wire;

namespace AspireStandIn.Tests.Dashboard;

/// <summary>Gives the lines it was given, and notes which commands it was asked for.</summary>
internal sealed class FakeControl : IResourceControl
{
    public List<IReadOnlyList<ConsoleLogLine>> Batches { get; } = [];

    public List<ResourceCommandRequest> Requests { get; } = [];

    public TaskCompletionSource LogsLeft { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async IAsyncEnumerable<IReadOnlyList<ConsoleLogLine>> ReadLogsAsync(
        string resourceName, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            foreach (var batch in Batches)
                yield return batch;
            if (follow)
                await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            LogsLeft.SetResult();
        }
    }

    public Task<ResourceCommandResponse> ExecuteAsync(ResourceCommandRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return request.CommandName == "explode"
            ? throw new InvalidOperationException("It exploded: 100 %, naïvely.")
            : Task.FromResult(new ResourceCommandResponse { Kind = ResourceCommandResponseKind.Succeeded });
    }
}
