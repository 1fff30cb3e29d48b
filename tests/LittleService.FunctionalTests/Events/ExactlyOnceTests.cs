using LittleService.Data.Events;
using LittleService.FunctionalTests.Faults;
using LittleService.FunctionalTests.Jobs;
using LittleService.Jobs;
using LittleService.Jobs.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.FunctionalTests.Events;

public sealed class ExactlyOnceTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IdMakesARetryCountOnce()
    {
        _service.StartWorker();
        var uuid = Guid.NewGuid();
        object[] events = [new { name = "once", id = "a" }, new { name = "once", id = "b" }, new { name = "once", id = "a" }, new { name = "once", id = uuid }, new { name = "once" }];

        await _service.Client.AcceptedAsync(events);
        await _service.IsCountedAsync("once", 4);
        await _service.Client.AcceptedAsync(events);
        await _service.Client.AcceptedAsync(new { name = "last" });

        await _service.IsCountedAsync("last", 1);
        Assert.Equal(5, await _service.CountAsync("once"));
    }

    [Fact]
    public async Task WorkerKilledMidBatchTenTimesDoublesAndSkipsNothing()
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sending = SendUntilAsync("killed", done.Token);
        // A short lease: while nobody has it, what is sent piles up.
        var lease = ("Stats:Lease", "00:00:02");
        var worker = WorkerProcess.Start(_service, lease);
        for (var kill = 0; kill < 10; kill++)
        {
            // The next one is there when this one is killed: it waits for the end of the lease.
            var next = WorkerProcess.Start(_service, lease);
            await GrowsAsync("killed");
            await Task.Delay(Random.Shared.Next(0, 60), Stop);
            await worker.DisposeAsync();
            worker = next;
        }
        await GrowsAsync("killed");
        await worker.DisposeAsync();
        await done.CancelAsync();

        _service.StartWorker();
        await _service.IsCountedAsync("killed", await sending);
    }

    [Fact]
    public async Task TwoAggregatorsAtOnceDoubleNothing()
    {
        _service.StartWorker();
        _service.StartWorker();
        // Sessions that end by force hand the lock over in the middle of batches.
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sending = SendUntilAsync("twice", done.Token);
        for (var cut = 0; cut < 10; cut++)
        {
            var before = await _service.CountAsync("twice");
            await Eventually.SeeAsync(() => _service.CountAsync("twice"), count => count > before);
            await _service.ScalarAsync<long>("select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'stats' and datname = current_database()");
        }
        await done.CancelAsync();

        await _service.IsCountedAsync("twice", await sending);
    }

    [Fact]
    public async Task PostgresAwayOnlyMakesEventsWait()
    {
        var database = new NpgsqlConnectionStringBuilder(_service.DatabaseConnection);
        await using var gate = new TcpGate(database.Port).Listen();
        database.Port = gate.Port;
        _service.StartWorker(("ConnectionStrings:db", database.ConnectionString), ("Stats:StatementTimeout", "00:00:01"));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sending = SendUntilAsync("waits", done.Token);
        await Eventually.SeeAsync(() => _service.CountAsync("waits"), count => count > 0);

        foreach (var (state, seconds) in new[] { (GateState.Silent, 1), (GateState.Closed, 1), (GateState.Frozen, 4) })
        {
            gate.Turn(state);
            var before = await _service.CountAsync("waits");
            await Task.Delay(TimeSpan.FromSeconds(seconds), Stop);
            gate.Turn(GateState.Open);
            await Eventually.SeeAsync(() => _service.CountAsync("waits"), count => count > before);
        }
        await done.CancelAsync();

        await _service.IsCountedAsync("waits", await sending);
    }

    [Fact]
    public async Task BlockThatCannotBeReadIsPutAsideAndBlocksNothing()
    {
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:redis", _service.RedisConnection)]).Build();
        await using var redis = new RedisConnections(settings, Options.Create(new JobOptions()), NullLogger<RedisConnections>.Instance);
        var log = new EventLog(
            redis,
            Options.Create(new EventOptions { KeyPrefix = _service.EventKeys }));
        await log.AppendAsync([99, 1, 2, 3], 1, Stop);
        await log.AppendAsync([EventBlock.Format, 255], 1, Stop);
        await _service.Client.AcceptedAsync(new { name = "behind" });

        _service.StartWorker();

        await _service.IsCountedAsync("behind", 1);
        Assert.Equal(2L, await _service.ScalarAsync<long>("select count(*) from event_blocks_unread"));
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    // More patient than others: it waits for a process to start.
    private async Task GrowsAsync(string name)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        var before = await _service.CountAsync(name);
        while (await _service.CountAsync(name) <= before) await Task.Delay(20, patience.Token);
    }

    // Half of them with ids that come twice. How many different ones were accepted.
    private async Task<long> SendUntilAsync(string name, CancellationToken done)
    {
        var count = 0L;
        while (!done.IsCancellationRequested)
        {
            object[] events = [.. Enumerable.Range(0, 50).Select(i => new { name, id = $"{count}-{i}", subject = $"s{i}" })];
            await _service.Client.AcceptedAsync(events);
            if (count % 3 == 0) await _service.Client.AcceptedAsync(events);
            await _service.Client.AcceptedAsync([.. Enumerable.Repeat(new { name }, 50)]);
            count += 100;
        }
        return count;
    }
}
