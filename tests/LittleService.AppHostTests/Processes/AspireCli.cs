using System.Diagnostics;
using System.Text.Json;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

/// <summary>The Aspire CLI that this repository pins, run in its root as a developer would.</summary>
[Collection(OwnProcesses.Name)]
public sealed class AspireCli : IDisposable
{
    private readonly string _data = Graph.NewDataFolder();
    private readonly string _home = Directory.CreateTempSubdirectory("littleservice-test-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunsShowsAndStopsTheGraph()
    {
        var started = await AspireAsync("run", "--detach", "--no-build", "--isolated", "--format", "Json");
        Assert.Contains("dashboardUrl", started, StringComparison.Ordinal);
        try
        {
            await AspireAsync("wait", "worker", "--timeout", "90");
            await WatchAsync();
            Assert.Contains("healthy", await AspireAsync("resource", "worker", "restart") + await AspireAsync("wait", "worker"),
                StringComparison.Ordinal);
        }
        finally
        {
            await AspireAsync("stop");
        }

        Assert.Empty(JsonDocument.Parse(await AspireAsync("ps", "--format", "Json")).RootElement.EnumerateArray());
    }

    public void Dispose()
    {
        Files.Delete(_data);
        Files.Delete(_home);
    }

    private async Task WatchAsync()
    {
        var running = JsonDocument.Parse(await AspireAsync("ps", "--format", "Json")).RootElement;
        Assert.EndsWith("LittleService.AppHost.csproj", Assert.Single(running.EnumerateArray()).GetProperty("appHostPath").GetString(),
            StringComparison.Ordinal);

        var described = await AspireAsync("describe", "--format", "Json");
        foreach (var name in (string[])[ResourceNames.Postgres, ResourceNames.Database, ResourceNames.Redis, ResourceNames.Worker, ResourceNames.Api])
            Assert.Contains($"\"{name}\"", described, StringComparison.Ordinal);

        await Wait.UntilAsync("the log of the worker is shown",
            async () => (await AspireAsync("logs", "worker")).Contains("schema", StringComparison.Ordinal), Cancelled);
        await Wait.UntilAsync("a trace of the api is shown",
            async () => (await AspireAsync("otel", "traces", "--format", "Json")).Contains("api", StringComparison.Ordinal), Cancelled);
    }

    private async Task<string> AspireAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["aspire", .. arguments, "--non-interactive", "--nologo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.Combine(Projects.LittleService_AppHost.ProjectPath, ".."),
            Environment =
            {
                ["ASPIRE_HOME"] = _home,
                ["ASPIRE_CLI_TELEMETRY_OPTOUT"] = "true",
                ["ASPIRE_DASHBOARD_PERSISTENCE_MODE"] = "None",
                ["Servers"] = "local",
                ["DataFolder"] = _data,
            },
        })!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(Graph.StartLimit);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"aspire {string.Join(' ', arguments)}: {output}{await errors}");
            return output;
        }
        catch (OperationCanceledException) when (!Cancelled.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"aspire {string.Join(' ', arguments)} did not end within {Graph.StartLimit.TotalSeconds:0} s.");
            throw;
        }
    }
}
