using System.Diagnostics;
using LittleService.Data.Accounts;

namespace LittleService.Rehearsal;

/// <summary>One thing that is done to the service, and what became of the requests meanwhile.</summary>
/// <param name="Name">What was done.</param>
/// <param name="Orderly">Whether no request may fail.</param>
/// <param name="Requests">The requests.</param>
/// <param name="Took">From the begin until all was whole again.</param>
/// <param name="Note">What else was seen.</param>
internal sealed record Phase(string Name, bool Orderly, Tally Requests, TimeSpan Took, string Note);

/// <summary>Brings the whole service up behind a proxy and does to it, under load, what a life in production does.</summary>
internal sealed class Rehearsal(IStage stage, Load load, Release before, Release now, bool brief)
{
    private readonly List<Phase> _phases = [];
    private readonly List<string> _imports = [];

    private int Rows => brief ? 200 : 2000;

    public static async Task<Report> RunAsync(IStage stage, Release before, Release now, bool brief)
    {
        await stage.StartAsync(before);
        await using var load = new Load(stage, await AddKeyAsync(stage));
        return await new Rehearsal(stage, load, before, now, brief).RunAsync();
    }

    private async Task<Report> RunAsync()
    {
        var started = DateTimeOffset.UtcNow;
        load.Start();
        await DoAsync("nothing, for 5 s", orderly: true, static () => Task.Delay(TimeSpan.FromSeconds(5)));
        await DoAsync("the schema of B, then B over A", orderly: true, () => stage.DeployAsync(now, migrate: true));
        if (!brief)
        {
            await DoAsync("A again, on the schema of B", orderly: true, () => stage.DeployAsync(before, migrate: false));
            await DoAsync("B again", orderly: true, () => stage.DeployAsync(now, migrate: false));
            await DoAsync("rolling restarts of all, 10 times", orderly: true, RestartAsync);
            await DoAsync("4 apis and 2 workers instead of 2 and 1, and back", orderly: true, ScaleAsync);
        }

        await DoAsync("a release that cannot reach its database", orderly: true, static () => Task.CompletedTask, stage.TryBadAsync);
        await DoAsync("kill -9 of an api, then of the worker", orderly: false, stage.KillAsync);
        await DoAsync("Postgres restarted", orderly: false, stage.RestartPostgresAsync);
        var order = await stage.SeeDrainAsync();
        await load.StopAsync();
        var outcome = await Outcome.CountAsync(stage, load, _imports, Rows);
        return Report.Write(stage, before, now, brief, started, _phases, order, outcome);
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

    private async Task RestartAsync()
    {
        for (var times = 0; times < 10; times++) await stage.RestartAsync();
    }

    private async Task ScaleAsync()
    {
        await stage.ScaleAsync(apis: 4, workers: 2);
        await Task.Delay(TimeSpan.FromSeconds(2));
        await stage.ScaleAsync(apis: 2, workers: 1);
    }

    private static async Task<string> AddKeyAsync(IStage stage)
    {
        var key = ApiKeyText.Create();
        await stage.QueryAsync(
            $"""
            with added as (insert into accounts (id, name, role, password_hash, created_at)
              values (gen_random_uuid(), 'rehearsal', 'writer', '', now()) returning id)
            insert into api_keys (id, account_id, name, role, secret_hash, created_at, expires_at)
              select '{key.Id}', id, 'rehearsal', 'writer', '\x{Convert.ToHexString(key.Hash)}', now(), now() + interval '1 day' from added
            """);
        return key.ToString();
    }
}
