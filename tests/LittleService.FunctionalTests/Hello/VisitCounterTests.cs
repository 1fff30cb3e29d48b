using LittleService.Data;
using LittleService.Data.Hello;

namespace LittleService.FunctionalTests.Hello;

public sealed class VisitCounterTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhoLeavesBeforeBeingCountedLeavesNoGap()
    {
        var counter = Counter();
        using var leave = new CancellationTokenSource();
        await using var held = await service.Database.OpenConnectionAsync(Stop);
        await using var row = await held.BeginTransactionAsync(Stop);
        await using (var take = held.CreateCommand())
        {
            take.CommandText = "select count from visits for update";
            await take.ExecuteNonQueryAsync(Stop);
        }

        var first = counter.NextAsync(Stop);
        // Those who come from now on wait for the next update.
        await Eventually.SeeAsync(
            () => service.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'update visits%'"),
            blocked => blocked == 1);
        var leaving = Enumerable.Range(0, 10).Select(_ => counter.NextAsync(leave.Token)).ToArray();
        var staying = Enumerable.Range(0, 10).Select(_ => counter.NextAsync(Stop)).ToArray();
        await leave.CancelAsync();
        foreach (var visit in leaving) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => visit);
        await row.RollbackAsync(Stop);

        var number = await first;
        Assert.Equal(Enumerable.Range(1, 10).Select(n => number + n), await Task.WhenAll(staying));
    }

    [Fact]
    public async Task FailedUpdateFailsThoseWhoWaitedAndTheNextOneSucceeds()
    {
        var counter = Counter();
        await service.ExecuteAsync("alter table visits rename to away");

        var visits = Enumerable.Range(0, 20).Select(_ => counter.NextAsync(Stop)).ToArray();
        foreach (var visit in visits) await Assert.ThrowsAsync<Npgsql.PostgresException>(() => visit);

        await service.ExecuteAsync("alter table away rename to visits");
        var number = await counter.NextAsync(Stop);
        Assert.Equal(number + 1, await counter.NextAsync(Stop));
    }

    private VisitCounter Counter() => new(service.Database, new DatabaseWatch(service.Database, TimeProvider.System));
}
