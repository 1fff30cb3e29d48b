using System.Net;
using System.Net.Http.Json;
using LittleService.AppHostTests.Graphs;

namespace LittleService.AppHostTests.Processes;

/// <summary>How an app host ends whose servers are containers, and what the next one finds in their volumes.</summary>
[Collection(OwnProcesses.Name)]
public sealed class StoppingContainers
{
    private readonly List<AppHostProcess> _appHosts = [];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NothingButVolumesIsLeftBehindAndNothingIsLostUnlessItIsReset()
    {
        await ContainerEngine.SkipWithoutImagesAsync();
        var remains = await ContainerEngine.RemainsAsync();
        var volumes = await ContainerEngine.VolumesAsync();
        var data = Graph.NewDataFolder();
        try
        {
            var item = await RunAsync(data, AddItemAsync);

            // The containers of the last one may be there still; this one waits for them.
            Assert.Equal(HttpStatusCode.OK, await RunAsync(data, api => FindAsync(api, item)));
            Assert.Equal(HttpStatusCode.NotFound, await RunAsync(data, api => FindAsync(api, item), "--ResetData=true"));

            await Wait.UntilAsync("no container, network or process remains", async () =>
                _appHosts.All(appHost => appHost.Remains().Count == 0)
                && !(await ContainerEngine.RemainsAsync()).Except(remains).Any(), Cancelled);
            Assert.Equal(2, (await ContainerEngine.VolumesAsync()).Except(volumes).Count());
        }
        finally
        {
            await ContainerEngine.RemoveVolumesAsync((await ContainerEngine.VolumesAsync()).Except(volumes));
            Files.Delete(data);
        }
    }

    private async Task<T> RunAsync<T>(string data, Func<HttpClient, Task<T>> use, params string[] arguments)
    {
        await using var appHost = new AppHostProcess(data, AdminSignIn.Parameters, ["--Servers=containers", .. arguments]);
        _appHosts.Add(appHost);
        using var client = new HttpClient { BaseAddress = await appHost.WaitForApiAsync(Cancelled) };
        await client.SignInAsAdminAsync(Cancelled);
        var result = await use(client);

        await appHost.SignalAsync("TERM", Cancelled);
        Assert.Equal(0, await appHost.WaitForExitAsync(Cancelled));
        return result;
    }

    private static async Task<string> AddItemAsync(HttpClient api)
    {
        using var response = await api.PostAsJsonAsync("/api/items", new { name = "yesterday's", quantity = 1 }, Cancelled);
        response.EnsureSuccessStatusCode();
        var item = response.Headers.Location!;
        return item.IsAbsoluteUri ? item.PathAndQuery : item.OriginalString;
    }

    private static async Task<HttpStatusCode> FindAsync(HttpClient api, string item)
    {
        using var response = await api.GetAsync(item, Cancelled);
        return response.StatusCode;
    }
}
