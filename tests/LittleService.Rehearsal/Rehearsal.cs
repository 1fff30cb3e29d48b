using System.Diagnostics;
using LittleService.Data.Accounts;
using LittleService.Tests.Processes;

namespace LittleService.Rehearsal;

/// <summary>One thing that is done to the service, and what became of the requests meanwhile.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Orderly">Whether no request may fail.</param>
/// <param name="Requests">The requests.</param>
/// <param name="Took">From the begin until all was whole again.</param>
/// <param name="Note">What else was seen.</param>
internal sealed record Phase(string Name, bool Orderly, Tally Requests, TimeSpan Took, string Note);

/// <summary>Brings the whole service up behind a proxy and does to it, under load, what a life in production does.</summary>
internal sealed class Rehearsal(OwnServers servers, Proxy proxy, Fleet fleet, Load load, Release before, Release now, bool brief)
{
    private readonly List<Phase> _phases = [];
    private readonly List<string> _imports = [];

    private int Rows => brief ? 200 : 2000;

    public static async Task<Report> RunAsync(Release before, Release now, bool brief)
    {
        await using var servers = new OwnServers();
        await servers.StartAsync();
        await using var proxy = new Proxy();
        await using var fleet = new Fleet(servers, proxy);
        await fleet.MigrateAsync(before);
        var key = await AddKeyAsync(servers);
        await proxy.StartAsync();
        await fleet.AddWorkerAsync(before);
        for (var replica = 0; replica < 2; replica++) await fleet.AddApiAsync(before);
        await using var load = new Load(proxy, key);
        return await new Rehearsal(servers, proxy, fleet, load, before, now, brief).RunAsync();
    }

    private async Task<Report> RunAsync()
    {
        var started = DateTimeOffset.UtcNow;
        load.Start();
        await DoAsync("nothing, for 5 s", orderly: true, static () => Task.Delay(TimeSpan.FromSeconds(5)));
        await DoAsync("the schema of B, then B over A", orderly: true, () => DeployAsync(now, migrate: true));
        if (!brief)
        {
            await DoAsync("A again, on the schema of B", orderly: true, () => DeployAsync(before, migrate: false));
            await DoAsync("B again", orderly: true, () => DeployAsync(now, migrate: false));
            await DoAsync("rolling restarts of all, 10 times", orderly: true, RestartAsync);
            await DoAsync("4 apis and 2 workers instead of 2 and 1, and back", orderly: true, ScaleAsync);
        }

        await DoAsync("a release that cannot reach its database", orderly: true, static () => Task.CompletedTask, RolledBackAsync);
        await DoAsync("kill -9 of an api, then of the worker", orderly: false, KillAsync);
        await DoAsync("Postgres restarted", orderly: false, RestartPostgresAsync);
        var order = await DrainOrder.SeeAsync(fleet, proxy, now);
        await load.StopAsync();
        var outcome = await Outcome.CountAsync(servers, load, _imports, Rows);
        return Report.Write(before, now, brief, started, _phases, order, outcome);
    }

    private Task DoAsync(string name, bool orderly, Func<Task> act) => DoAsync(name, orderly, act, static () => Task.FromResult(""));

    private async Task DoAsync(string name, bool orderly, Func<Task> act, Func<Task<string>> note)
    {
        Journal.Add("phase", name);
        _imports.Add(await load.ImportAsync(Rows));
        var (tally, started) = (await load.BeginAsync(), Stopwatch.GetTimestamp());
        await act();
        var said = await note();
        await Task.Delay(TimeSpan.FromSeconds(1));
        _phases.Add(new(name, orderly, tally, Stopwatch.GetElapsedTime(started), said));
    }

    private async Task DeployAsync(Release release, bool migrate)
    {
        // The schema is expanded first; what it adds, the version before lives with.
        if (migrate) await fleet.MigrateAsync(release);
        await fleet.RollAsync(release);
    }

    private async Task RestartAsync()
    {
        for (var times = 0; times < 10; times++) await fleet.RollAsync(now);
    }

    private async Task ScaleAsync()
    {
        await fleet.AddWorkerAsync(now);
        await fleet.AddApiAsync(now);
        await fleet.AddApiAsync(now);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await Fleet.RemoveAsync(fleet.Workers);
        await Fleet.RemoveAsync(fleet.Apis);
        await Fleet.RemoveAsync(fleet.Apis);
    }

    private async Task<string> RolledBackAsync() =>
        await fleet.TryBadAsync(now) ? "it got requests" : "never ready, got no request, was taken back";

    private async Task KillAsync()
    {
        await fleet.KillAsync(fleet.Apis, now);
        await fleet.KillAsync(fleet.Workers, now);
    }

    private async Task RestartPostgresAsync()
    {
        await servers.Postgres.StopAsync("INT");
        await servers.StartPostgresAsync();
        foreach (var instance in fleet.Apis.Concat(fleet.Workers)) await instance.BecomesReadyAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<string> AddKeyAsync(OwnServers servers)
    {
        var key = ApiKeyText.Create();
        await servers.ExecuteAsync(
            $"""
            with added as (insert into accounts (id, name, role, password_hash, created_at)
              values (gen_random_uuid(), 'rehearsal', 'writer', '', now()) returning id)
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
              select '{key.Id}', id, 'rehearsal', 'writer', '\x{Convert.ToHexString(key.Hash)}', now(), now() + interval '1 day' from added
            """);
        return key.ToString();
    }
}
