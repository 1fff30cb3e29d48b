using System.Collections.Concurrent;
using System.Diagnostics;
using LittleService.Tests.Processes;

namespace LittleService.ChaosWorker.Proving;

/// <summary>The processes of the service: workers and enqueuers, started again when they end, as an orchestrator would.</summary>
internal sealed class Graph(OwnServers servers) : IAsyncDisposable
{
    private const int Workers = 3;
    private const int Enqueuers = 2;
    private readonly Child[] _workers = new Child[Workers];
    private readonly Child[] _enqueuers = new Child[Enqueuers];
    private readonly Dictionary<string, string>[] _special = [.. Enumerable.Range(0, Workers).Select(_ => new Dictionary<string, string>())];
    private readonly CancellationTokenSource _stop = new();
    private string _phase = "start";
    private Task _keeping = Task.CompletedTask;

    /// <summary>Acknowledged keys and when, by phase.</summary>
    public ConcurrentDictionary<string, ConcurrentDictionary<string, long>> Acknowledged { get; } = new();

    /// <summary>From when until when a worker was killed or stopped, by process id.</summary>
    public ConcurrentDictionary<int, (DateTime From, DateTime Until)> Hurt { get; } = new();

    public IReadOnlyList<Child> RunningWorkers => _workers;

    public Dictionary<string, string> Settings => new()
    {
        ["ConnectionStrings__db"] = servers.DatabaseAddress,
        ["ConnectionStrings__redis"] = servers.RedisAddress,
        ["Jobs__GiveUpAfter"] = "00:00:02",
        ["DOTNET_DbgEnableMiniDump"] = "0",
        ["DOTNET_gcServer"] = "0",
        ["Logging__LogLevel__Default"] = "None",
    };

    public void Start()
    {
        for (var i = 0; i < Workers; i++)
            _workers[i] = StartWorker(i);
        for (var i = 0; i < Enqueuers; i++)
            _enqueuers[i] = StartEnqueuer(Settings);
        _keeping = KeepAsync();
    }

    public string Begin(string phase)
    {
        _phase = phase;
        foreach (var enqueuer in _enqueuers)
            enqueuer.Tell(phase);
        return phase;
    }

    public ConcurrentDictionary<string, long> KeysOf(string phase) => Acknowledged.GetOrAdd(phase, static _ => new());

    /// <summary>Kills a worker, any one if none is named; it comes back by itself.</summary>
    public void KillWorker(int? which = null)
    {
        var worker = _workers[which ?? Random.Shared.Next(Workers)];
        Hurt[worker.Id] = (DateTime.UtcNow, DateTime.MaxValue);
        worker.Signal("KILL");
    }

    /// <summary>What a worker is started with from now on, beyond the settings of all.</summary>
    public void Specially(int which, string name, string value) => _special[which][name] = value;

    public Child StartEnqueuer(Dictionary<string, string> settings)
    {
        settings["Chaos__Prefix"] = _phase;
        return Child.Again("enqueue", settings, key => KeysOf(key[..key.IndexOf('-', StringComparison.Ordinal)])[key] = Stopwatch.GetTimestamp());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var child in _workers.Concat(_enqueuers))
            await child.DisposeAsync();
        _stop.Dispose();
    }

    public async Task StopEnqueuersAsync()
    {
        await _stop.CancelAsync();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var enqueuer in _enqueuers)
            await enqueuer.StopAsync("TERM");
    }

    private Child StartWorker(int which)
    {
        var settings = Settings;
        settings["Chaos__Schedule"] = "steady";
        foreach (var (name, value) in _special[which])
            settings[name] = value;
        return Child.Again("work", settings);
    }

    private async Task KeepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            for (var i = 0; i < Workers; i++)
            {
                if (!_workers[i].HasExited)
                    continue;
                Hurt.TryAdd(_workers[i].Id, (DateTime.UtcNow, DateTime.MaxValue));
                await _workers[i].DisposeAsync();
                _workers[i] = StartWorker(i);
            }

            await Task.Delay(100, _stop.Token);
        }
    }
}
