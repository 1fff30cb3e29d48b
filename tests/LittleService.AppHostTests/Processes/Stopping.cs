using System.Net.Http.Json;
using System.Net.Sockets;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

/// <summary>How an app host ends, and what the next one finds. The data of the first is that of the others.</summary>
[Collection(OwnProcesses.Name)]
public sealed class Stopping
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NothingIsLeftBehindAndNothingIsLost()
    {
        var data = Graph.NewDataFolder();
        try
        {
            var item = await StopByTermAsync(data);
            await StopByKillAsync(data, item);
        }
        finally
        {
            Files.Delete(data);
        }
    }

    private static async Task<Uri> StopByTermAsync(string data)
    {
        await using var appHost = new AppHostProcess(data, AdminSignIn.Parameters);
        var api = await appHost.WaitForApiAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = api };
        await client.SignInAsAdminAsync(Cancelled);
        using var response = await client.PostAsJsonAsync("/api/items", new { name = "yesterday's", quantity = 1 }, Cancelled);
        response.EnsureSuccessStatusCode();

        await appHost.SignalAsync("TERM", Cancelled);

        await WaitUntilNothingRemainsAsync(appHost);
        Assert.Equal(0, await appHost.WaitForExitAsync(Cancelled));
        await AssertRefusedAsync(api);
        Assert.Empty(Directory.GetFiles(data, "*.pid", SearchOption.AllDirectories));
        Assert.False(File.Exists(Path.Combine(data, "in-use")));
        return response.Headers.Location!;
    }

    private static async Task StopByKillAsync(string data, Uri item)
    {
        await using var appHost = new AppHostProcess(data);
        var api = await appHost.WaitForApiAsync(Cancelled);
        using var client = new HttpClient { BaseAddress = api };
        Assert.Contains("yesterday's", await client.GetStringAsync(item.IsAbsoluteUri ? item.PathAndQuery : item.OriginalString, Cancelled), StringComparison.Ordinal);

        await AssertSecondAppHostIsRefusedAsync(data);
        await appHost.SignalAsync("KILL", Cancelled);

        await WaitUntilNothingRemainsAsync(appHost);
        await AssertRefusedAsync(api);
    }

    private static async Task AssertSecondAppHostIsRefusedAsync(string data)
    {
        await using var second = new AppHostProcess(data);

        Assert.Equal(1, await second.WaitForExitAsync(Cancelled));
        Assert.Contains($"The data folder {data} is in use by another running app host", second.Output, StringComparison.Ordinal);
    }

    // How long it takes is measured by bench/graph.sh.
    private static async Task WaitUntilNothingRemainsAsync(AppHostProcess appHost)
    {
        using var late = new CancellationTokenSource(Wait.Limit);
        while (appHost.Remains() is { Count: > 0 } remains)
        {
            Assert.False(late.IsCancellationRequested, $"After {Wait.Limit.TotalSeconds:0} s there remains: {string.Join("; ", remains)}");
            await Task.Delay(50, Cancelled);
        }
    }

    private static async Task AssertRefusedAsync(Uri address)
    {
        using var client = new TcpClient();
        await Assert.ThrowsAnyAsync<SocketException>(async () => await client.ConnectAsync(address.Host, address.Port, Cancelled));
    }
}
