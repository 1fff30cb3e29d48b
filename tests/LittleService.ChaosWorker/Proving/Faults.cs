using LittleService.Tests.Processes;
using Npgsql;

namespace LittleService.ChaosWorker.Proving;

/// <summary>What is done to the service, one fault after the other. Each returns when what it broke is whole again.</summary>
/// <param name="servers">The servers.</param>
/// <param name="graph">The processes.</param>
/// <param name="scale">1 in the long form; less makes outages shorter and kills fewer.</param>
internal sealed class Faults(OwnServers servers, Graph graph, double scale)
{
    private const string TerminateAll =
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'jobs'";

    public IReadOnlyList<(string Name, Func<Task> Act)> All =>
    [
        ("none", () => Task.Delay(Seconds(10))),
        ($"kill -9 of a worker at random, {Times(50)} times", () => RepeatAsync(Times(50), TimeSpan.FromSeconds(2.2), () => Do(() => graph.KillWorker()))),
        ("a worker stopped for 25 s (SIGSTOP), then continued", StopWorkerAsync),
        ($"kill -9 of an enqueuer between commit and send, {Times(5)} times", () => RepeatAsync(Times(5), TimeSpan.Zero, KillEnqueuerAsync)),
        ($"kill -9 of the scheduling leader before its commit, {Times(3)} times", () => RepeatAsync(Times(3), TimeSpan.Zero, KillLeaderAsync)),
        ($"FLUSHALL, {Times(5)} times", () => RepeatAsync(Times(5), TimeSpan.FromSeconds(2), () => servers.RedisAsync("FLUSHALL"))),
        ($"Redis silent (SIGSTOP) for {Seconds(15).TotalSeconds:0} s", FreezeRedisAsync),
        ($"Redis stopped for {Seconds(60).TotalSeconds:0} s", StopRedisAsync),
        ($"Postgres restarted, {Times(3)} times", () => RepeatAsync(Times(3), TimeSpan.FromSeconds(4), () => RestartPostgresAsync("INT"))),
        ($"Postgres killed with kill -9, {Times(3)} times", () => RepeatAsync(Times(3), TimeSpan.FromSeconds(4), () => RestartPostgresAsync("KILL"))),
        ("all backends terminated every 2 s", () => RepeatAsync(Times(15), TimeSpan.FromSeconds(2), () => servers.CountAsync(TerminateAll))),
        ($"no connection to be had for {Seconds(10).TotalSeconds:0} s", ExhaustAsync),
        ("a job that kills its process", () => EnqueueAsync(new Poison("poison"), 1, "state = 'quarantined'")),
        ("20 jobs that always throw", () => EnqueueAsync(new Throwing("throwing"), 20, "state = 'dead' AND attempt = 3")),
        ("250 jobs that hang and ignore cancellation", () => EnqueueAsync(new Hanging("hanging"), 250, "state = 'dead'")),
        ("clocks of two workers off by an hour, one ahead, one behind", TurnClocksAsync),
    ];

    private int Times(int inLongForm) => Math.Max(1, (int)Math.Round(inLongForm * scale));

    private TimeSpan Seconds(double inLongForm) => TimeSpan.FromSeconds(Math.Max(3, inLongForm * scale));

    private static async Task RepeatAsync(int times, TimeSpan pause, Func<Task> act)
    {
        for (var i = 0; i < times; i++)
        {
            await act();
            await Task.Delay(pause);
        }
    }

    private static Task Do(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private async Task StopWorkerAsync()
    {
        var worker = graph.RunningWorkers[0];
        var stopped = DateTime.UtcNow;
        worker.Signal("STOP");
        await Task.Delay(TimeSpan.FromSeconds(25));
        worker.Signal("CONT");
        graph.Hurt[worker.Id] = (stopped, DateTime.UtcNow);
    }

    private async Task KillEnqueuerAsync()
    {
        var settings = graph.Settings;
        settings["Chaos__DieAfter"] = "INSERT INTO jobs";
        await using var enqueuer = graph.StartEnqueuer(settings);
        await enqueuer.ExitAsync();
        var stored = await servers.CountAsync(
            "SELECT (SELECT count(*) FROM jobs WHERE kind = 'counted_effect' AND convert_from(payload, 'UTF8') LIKE $1) + (SELECT count(*) FROM effects WHERE key LIKE $2)",
            $"%-{enqueuer.Id}-%", $"%-{enqueuer.Id}-%");
        if (stored == 0)
            throw new InvalidOperationException("The enqueuer died before its commit: nothing was proven.");
    }

    // Ten ticks are due at once; who takes them dies with its transaction open, and two others come.
    private async Task KillLeaderAsync()
    {
        var settings = graph.Settings;
        var name = settings["Chaos__Schedule"] = $"leader {Guid.NewGuid():N}";
        await servers.ExecuteAsync($"INSERT INTO job_schedules VALUES ('{name}', '* * * * * UTC', now() - interval '10 minutes')");
        await using (var leader = Child.Again("work", new Dictionary<string, string>(settings) { ["Chaos__DieAfter"] = "INSERT INTO jobs" }))
            await leader.ExitAsync();
        await using var one = Child.Again("work", settings);
        await using var two = Child.Again("work", settings);
        while (await servers.CountAsync("SELECT count(*) FROM job_ticks WHERE schedule = $1", name) < 10)
            await Task.Delay(100);
        await one.StopAsync("TERM");
        await two.StopAsync("TERM");
    }

    private async Task FreezeRedisAsync()
    {
        servers.Redis.Signal("STOP");
        await Task.Delay(Seconds(15));
        servers.Redis.Signal("CONT");
    }

    private async Task StopRedisAsync()
    {
        await servers.Redis.StopAsync("KILL");
        await Task.Delay(Seconds(60));
        servers.StartRedis();
    }

    private async Task RestartPostgresAsync(string signal)
    {
        await servers.Postgres.StopAsync(signal);
        await servers.StartPostgresAsync();
    }

    private async Task ExhaustAsync()
    {
        var hoard = new List<NpgsqlConnection>();
        for (var until = DateTime.UtcNow + Seconds(10); DateTime.UtcNow < until; await Task.Delay(200))
        {
            await servers.CountAsync(TerminateAll);
            try
            {
                while (true)
                {
                    var connection = new NpgsqlConnection($"{servers.DatabaseAddress};Pooling=false");
                    hoard.Add(connection);
                    await connection.OpenAsync();
                }
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.TooManyConnections)
            {
                // All are ours now.
            }
        }

        foreach (var connection in hoard)
            await connection.DisposeAsync();
    }

    private async Task EnqueueAsync<TJob>(TJob job, int count, string end)
        where TJob : Jobs.IJob
    {
        await servers.ExecuteAsync(
            $"""
            INSERT INTO jobs (id, kind, queue, priority, version, payload, state, run_at)
            SELECT gen_random_uuid(), '{TJob.Kind}', 'default', 1, 1, convert_to('{System.Text.Json.JsonSerializer.Serialize(job)}', 'UTF8'), 'scheduled', now()
            FROM generate_series(1, {count})
            """);
        while (await servers.CountAsync($"SELECT count(*) FROM jobs WHERE kind = $1 AND {end}", TJob.Kind) < count)
            await Task.Delay(100);
    }

    private async Task TurnClocksAsync()
    {
        graph.Specially(0, "Chaos__ClockAhead", "01:00:00");
        graph.Specially(1, "Chaos__ClockAhead", "-01:00:00");
        graph.KillWorker(0);
        graph.KillWorker(1);
        await Task.Delay(Seconds(15));
    }
}
