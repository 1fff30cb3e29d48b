using System.Diagnostics;
using System.Globalization;
using LittleService.Tests.Processes;

namespace LittleService.Rehearsal;

/// <summary>Programs behind HAProxy, without a container engine.</summary>
internal sealed class ProcessesStage : IStage
{
    private readonly OwnServers _servers = new();
    private readonly Proxy _proxy = new();
    private readonly Fleet _fleet;
    private Release _release = null!;

    public ProcessesStage() => _fleet = new(_servers, _proxy);

    public string Name => "processes";

    public string Description => "2 apis and 1 worker, one HAProxy with TLS and HTTP/2 that asks for `/health` every 300 ms and sends nothing again, "
        + "one Postgres with fsync, one Redis";

    public Uri Address => _proxy.Address;

    public string CertificateHash => _proxy.Certificate.Hash;

    public async Task StartAsync(Release release)
    {
        _release = release;
        await _servers.StartAsync();
        await _fleet.MigrateAsync(release);
        await _proxy.StartAsync();
        await ScaleAsync(apis: 2, workers: 1);
    }

    public async Task DeployAsync(Release release, bool migrate)
    {
        _release = release;
        // The schema is expanded first; what it adds, the version before lives with.
        if (migrate) await _fleet.MigrateAsync(release);
        await RestartAsync();
    }

    public Task RestartAsync() => _fleet.RollAsync(_release);

    public async Task ScaleAsync(int apis, int workers)
    {
        while (_fleet.Workers.Count < workers) await _fleet.AddWorkerAsync(_release);
        while (_fleet.Apis.Count < apis) await _fleet.AddApiAsync(_release);
        while (_fleet.Workers.Count > workers) await Fleet.RemoveAsync(_fleet.Workers);
        while (_fleet.Apis.Count > apis) await Fleet.RemoveAsync(_fleet.Apis);
    }

    public async Task<string> TryBadAsync() =>
        await _fleet.TryBadAsync(_release) ? "it got requests" : "never ready, got no request, was taken back";

    public async Task KillAsync()
    {
        await _fleet.KillAsync(_fleet.Apis, _release);
        await _fleet.KillAsync(_fleet.Workers, _release);
    }

    public async Task RestartPostgresAsync()
    {
        await _servers.Postgres.StopAsync("INT");
        await _servers.StartPostgresAsync();
        foreach (var instance in _fleet.Apis.Concat(_fleet.Workers)) await instance.BecomesReadyAsync(TimeSpan.FromSeconds(30));
    }

    public async Task<DrainOrder> SeeDrainAsync()
    {
        await _fleet.AddApiAsync(_release);
        await using var leaving = _fleet.Apis[0];
        _fleet.Apis.RemoveAt(0);
        var started = Stopwatch.GetTimestamp();
        var (notReady, leftAlone, last, requests) = (default(TimeSpan?), default(TimeSpan?), TimeSpan.Zero, (await _proxy.SeeAsync(leaving.Port)).Requests);
        leaving.Signal("TERM");
        for (; !leaving.HasExited; await Task.Delay(10))
        {
            if (!await leaving.IsReadyAsync()) notReady ??= Stopwatch.GetElapsedTime(started);
            var seen = await _proxy.SeeAsync(leaving.Port);
            if (!seen.IsUp) leftAlone ??= Stopwatch.GetElapsedTime(started);
            if (seen.Requests > requests) (requests, last) = (seen.Requests, Stopwatch.GetElapsedTime(started));
        }

        var stopped = Stopwatch.GetElapsedTime(started);
        return new(notReady ?? stopped, leftAlone ?? stopped, last, stopped);
    }

    public async Task<IReadOnlyList<string>> QueryAsync(string sql) =>
        await _servers.QueryAsync(sql, static row => Convert.ToString(row.GetValue(0), CultureInfo.InvariantCulture)!);

    public async ValueTask DisposeAsync()
    {
        await _fleet.DisposeAsync();
        await _proxy.DisposeAsync();
        await _servers.DisposeAsync();
    }
}
