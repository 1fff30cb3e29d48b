using Aspire.Hosting.Dashboard.Wire;
using Google.Protobuf;

namespace Aspire.Hosting.Dashboard;

/// <summary>The methods of <c>aspire.v1.DashboardService</c>.</summary>
internal sealed class ResourceService(string applicationName, ResourceBoard board, IResourceControl control)
{
    private const string OldestDashboard = "13.5.0";
    private const int LogCharactersPerMessage = 1024 * 1024;

    /// <summary>Answers the call of this path; null where there is no such method.</summary>
    public Func<GrpcCall, Task>? Find(string? path) => path switch
    {
        "/aspire.v1.DashboardService/GetApplicationInformation" => AnswerApplicationInformationAsync,
        "/aspire.v1.DashboardService/WatchResources" => WatchResourcesAsync,
        "/aspire.v1.DashboardService/WatchResourceConsoleLogs" => WatchConsoleLogsAsync,
        "/aspire.v1.DashboardService/ExecuteResourceCommand" => ExecuteCommandAsync,
        "/aspire.v1.DashboardService/WatchInteractions" => WatchInteractionsAsync,
        _ => null,
    };

    private async Task AnswerApplicationInformationAsync(GrpcCall call)
    {
        await RequestAsync(call, ApplicationInformationRequest.Parser);
        await call.WriteAsync(new ApplicationInformationResponse { ApplicationName = applicationName, MinDashboardVersion = OldestDashboard });
    }

    private async Task WatchResourcesAsync(GrpcCall call)
    {
        await RequestAsync(call, WatchResourcesRequest.Parser);
        var (resources, watcher) = board.Watch();
        using (watcher)
        {
            await call.WriteAsync(new WatchResourcesUpdate { InitialData = new() { Resources = { resources } } });
            while (true)
                await call.WriteAsync(new WatchResourcesUpdate { Changes = new() { Value = { await watcher.TakeAsync(call.Ended) } } });
        }
    }

    private async Task WatchConsoleLogsAsync(GrpcCall call)
    {
        var request = await RequestAsync(call, WatchResourceConsoleLogsRequest.Parser);
        await foreach (var lines in control.ReadLogsAsync(request.ResourceName, !request.SuppressFollow, call.Ended))
            foreach (var update in InMessages(lines))
                await call.WriteAsync(update);
    }

    private async Task ExecuteCommandAsync(GrpcCall call)
    {
        var request = await RequestAsync(call, ResourceCommandRequest.Parser);
        await call.WriteAsync(await control.ExecuteAsync(request, call.Ended));
    }

    // Nothing here asks the person anything: the stream stays open and silent for as long as the dashboard holds it.
    private static Task WatchInteractionsAsync(GrpcCall call) => call.DrainAsync();

    private static async Task<T> RequestAsync<T>(GrpcCall call, MessageParser<T> parser) where T : class, IMessage<T> =>
        await call.ReadAsync(parser) ?? throw new GrpcException(GrpcStatus.InvalidArgument, "The request holds no message.");

    // A gRPC client refuses messages over 4 MB; a character takes at most 3 bytes.
    private static IEnumerable<WatchResourceConsoleLogsUpdate> InMessages(IReadOnlyList<ConsoleLogLine> lines)
    {
        var update = new WatchResourceConsoleLogsUpdate();
        var characters = 0;
        foreach (var line in lines)
        {
            if (line.Text.Length > LogCharactersPerMessage)
                line.Text = string.Concat(line.Text.AsSpan(0, LogCharactersPerMessage - 1), "…");
            if (characters > 0 && characters + line.Text.Length > LogCharactersPerMessage)
            {
                yield return update;
                (update, characters) = (new(), 0);
            }
            update.LogLines.Add(line);
            characters += line.Text.Length;
        }
        yield return update;
    }
}
