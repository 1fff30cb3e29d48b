using System.Diagnostics;
using LittleService.FunctionalTests.Faults;
using LittleService.Jobs.Work;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LittleService.FunctionalTests.Jobs;

public sealed class LosingPostgres(JobDatabaseFixture database) : IClassFixture<JobDatabaseFixture>
{
    private const int Count = 300;
    private readonly string _prefix = $"test-{Guid.NewGuid():N}";
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly List<string> _acknowledged = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    // As a restart looks from here; prove-jobs kills a real one.
    [Theory]
    [InlineData(GateState.Closed)]
    [InlineData(GateState.Silent)]
    public async Task JobsSurviveThatPostgresIsAway(GateState how)
    {
        var address = new NpgsqlConnectionStringBuilder(database.Database);
        await using var gate = new TcpGate(address.Port).Listen();
        address.Port = gate.Port;
        address.Host = "127.0.0.1";
        await using var client = JobsHost.Create(database, _prefix, worker: false);
        await using var host = await JobsHost.StartAsync(database, _prefix, address: address.ConnectionString);
        await EnqueueAsync(client, 0);

        gate.Turn(how);
        await EnqueueAsync(client, 1);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => host.Client.EnqueueAsync(new Note("refused"), cancellationToken: Stop));
        gate.Turn(GateState.Open);

        await AllOnceAsync();
        Assert.DoesNotContain("refused", host.Board.Notes);
    }

    [Fact]
    public async Task JobsSurviveThatAllBackendsAreTerminatedAgainAndAgain()
    {
        await using var host = await JobsHost.StartAsync(database, _prefix);
        for (var part = 0; part < 5; part++)
        {
            await EnqueueAsync(host, part);
            await database.ScalarAsync<long>(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jobs'");
        }

        await AllOnceAsync();
    }

    [Fact]
    public async Task HandlersThatHoldAllConnectionsKeepNoHeartbeatWaiting()
    {
        var address = new NpgsqlConnectionStringBuilder(database.Database) { MaxPoolSize = 2 }.ConnectionString;
        await using var host = await JobsHost.StartAsync(database, _prefix, address: address, options: options => options.Lease = TimeSpan.FromSeconds(6));
        var ids = await host.Client.EnqueueManyAsync([new Effect($"wait {_run} 1"), new Effect($"wait {_run} 2")], cancellationToken: Stop);
        await Eventually.TrueAsync(() => host.Board.Notes.Count == 2);
        await EnqueueAsync(host, 0);
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE state = 'running'") > 2);
        var lease = await LeaseAsync();

        await Eventually.TrueAsync(async () => await LeaseAsync() > lease);

        host.Board.Gate.SetResult();
        await AllOnceAsync();

        Task<DateTime> LeaseAsync() => database.ScalarAsync<DateTime>("SELECT max(lease_until) FROM jobs WHERE id = ANY($1)", ids);
    }

    [Fact]
    public async Task NoJobIsTakenFromItsWorkerRightAfterPostgresWasAway()
    {
        var lease = TimeSpan.FromSeconds(2);
        var address = new NpgsqlConnectionStringBuilder(database.Database);
        await using var gate = new TcpGate(address.Port).Listen();
        address.Port = gate.Port;
        address.Host = "127.0.0.1";
        await using var host = JobsHost.Create(database, _prefix, redis: "127.0.0.1:1", address: address.ConnectionString, options: options => options.Lease = lease);
        var id = await host.Client.EnqueueAsync(new Note("held"), cancellationToken: Stop);
        await database.ExecuteAsync($"UPDATE jobs SET state = 'running', lease_until = now() - interval '1 second' WHERE id = '{id}'");
        var rescuer = host.Services.GetServices<Duty>().Single(duty => duty is Rescuer);
        var failedAt = 0L;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);

        gate.Turn(GateState.Closed);
        var rescuing = rescuer.LoopAsync((_, _) => Volatile.Write(ref failedAt, Stopwatch.GetTimestamp()), stop.Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref failedAt) > 0);
        gate.Turn(GateState.Open);

        await Eventually.TrueAsync(async () => await database.ScalarAsync<string>("SELECT state FROM jobs WHERE id = $1", id) == "retryable");
        Assert.True(Stopwatch.GetElapsedTime(failedAt) > lease / 2);
        await stop.CancelAsync();
        await rescuing;
        await database.ExecuteAsync($"DELETE FROM jobs WHERE id = '{id}'");
    }

    // One that is cut off may be stored or not, so another key is tried until all are acknowledged.
    private async Task EnqueueAsync(JobsHost host, int part)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var keys = Enumerable.Range(0, Count).Select(i => $"{_run} {part} {attempt} {i}").ToList();
                await host.Client.EnqueueManyAsync(keys.Select(key => new Effect(key)), cancellationToken: Stop);
                _acknowledged.AddRange(keys);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20, Stop);
            }
        }
    }

    private async Task AllOnceAsync()
    {
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(DISTINCT key) FROM effects WHERE key = ANY($1)", _acknowledged) == _acknowledged.Count);
        await Eventually.TrueAsync(async () => await database.ScalarAsync<long>("SELECT count(*) FROM jobs WHERE kind = 'effect'") == 0);
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) - count(DISTINCT key) FROM effects WHERE key LIKE $1", $"%{_run}%"));
    }
}
