using System.Diagnostics;
using LittleService.Tests.Processes;

namespace LittleService.Rehearsal;

/// <summary>The instances that run, and how one version takes the place of another: a new one is ready before an old one stops.</summary>
internal sealed class Fleet(OwnServers servers, Proxy proxy) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public List<Instance> Apis { get; } = [];

    public List<Instance> Workers { get; } = [];

    private Dictionary<string, string> Settings => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
        ["ConnectionStrings__db"] = servers.DatabaseAddress,
        ["ConnectionStrings__redis"] = servers.RedisAddress,
        ["Accounts__AdminPassword"] = "Marmot-Quilt-Tundra-42",
        // Longer than the proxy needs to notice that an instance is not ready.
        ["Drain__Delay"] = "00:00:02",
        ["Logging__LogLevel__Default"] = "Warning",
        ["Logging__LogLevel__Microsoft"] = "Error",
        ["DOTNET_gcServer"] = "0",
    };

    public Task MigrateAsync(Release release)
    {
        var arguments = Settings.Select(static setting => $"{setting.Key}={setting.Value}").Append("dotnet").Append(release.Worker).Append("migrate");
        return Child.RunAsync("env", [.. arguments]);
    }

    public async Task AddApiAsync(Release release)
    {
        var api = StartApi(release, Settings);
        Apis.Add(api);
        await IsUpAsync(api);
    }

    public async Task AddWorkerAsync(Release release)
    {
        var worker = Instance.Start(release.Worker, Ports.Free(), Settings);
        Workers.Add(worker);
        if (!await worker.BecomesReadyAsync(Patience)) throw new InvalidOperationException("A worker does not become ready.");
    }

    /// <summary>Every api and worker by one of this release, one after the other.</summary>
    public async Task RollAsync(Release release)
    {
        for (var left = Workers.Count; left > 0; left--)
        {
            await AddWorkerAsync(release);
            await RemoveAsync(Workers);
        }

        for (var left = Apis.Count; left > 0; left--)
        {
            await AddApiAsync(release);
            await RemoveAsync(Apis);
        }
    }

    /// <summary>Stops the oldest and waits for its end.</summary>
    public static async Task RemoveAsync(List<Instance> instances)
    {
        var oldest = instances[0];
        instances.RemoveAt(0);
        await oldest.StopAsync();
        await oldest.DisposeAsync();
    }

    /// <summary>Kills the oldest; another takes its place, as an orchestrator would see to.</summary>
    public async Task KillAsync(List<Instance> instances, Release release)
    {
        var oldest = instances[0];
        instances.RemoveAt(0);
        await oldest.KillAsync();
        await oldest.DisposeAsync();
        await (instances == Apis ? AddApiAsync(release) : AddWorkerAsync(release));
    }

    /// <summary>Begins to roll out a release that cannot reach its database. Whether an instance of it became ready.</summary>
    public async Task<bool> TryBadAsync(Release release)
    {
        var settings = Settings;
        settings["ConnectionStrings__db"] = "Host=127.0.0.1;Port=1;Username=nobody;Database=nothing";
        await using var bad = StartApi(release, settings);
        return await bad.BecomesReadyAsync(TimeSpan.FromSeconds(10)) || (await proxy.SeeAsync(bad.Port)).IsUp;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in Apis.Concat(Workers)) await instance.DisposeAsync();
    }

    private Instance StartApi(Release release, Dictionary<string, string> settings) =>
        Instance.Start(release.Api, proxy.ApiPorts.First(port => Apis.TrueForAll(api => api.Port != port)), settings);

    private async Task IsUpAsync(Instance api)
    {
        for (var started = Stopwatch.GetTimestamp(); !(await proxy.SeeAsync(api.Port)).IsUp || !await api.IsReadyAsync(); await Task.Delay(50))
        {
            if (api.HasExited || Stopwatch.GetElapsedTime(started) > Patience) throw new InvalidOperationException("An api does not become ready.");
        }
    }
}
