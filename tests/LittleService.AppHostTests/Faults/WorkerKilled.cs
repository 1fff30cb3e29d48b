using System.Diagnostics;
using System.Globalization;
using LittleService.AppHostTests.Graphs;
using Npgsql;

namespace LittleService.AppHostTests.Faults;

public sealed class WorkerKilled(SharedGraph shared) : SharedGraphTest(shared)
{
    private const long Gate = 7041;

    [Fact]
    public async Task JobRunsAgainAndHasOneEffect()
    {
        await using var database = await Graph.OpenDatabaseAsync(Cancelled);
        await ExecuteAsync(database, WatchedItems);
        try
        {
            // The job stands still in the middle of its write until the gate opens.
            await ExecuteAsync(database, $"select pg_advisory_lock({Gate})");
            var item = await Graph.AddItemAsync("killed in the middle", Cancelled);
            await Wait.UntilAsync("the job is in the middle of its write", async () => await CountAsync(
                database, $"select count(*) from pg_locks where locktype = 'advisory' and objid = {Gate} and not granted") > 0, Cancelled);

            await KillWorkerAsync();
            await ExecuteAsync(database, $"select pg_advisory_unlock({Gate})");
            await Graph.CommandAsync(ResourceNames.Worker, KnownResourceCommands.StartCommand, Cancelled);

            await Graph.WaitUntilSearchableAsync(item, Cancelled);
            Assert.Equal(1, await CountAsync(database, $"select count(*) from test_effects where item_id = '{item}'"));
        }
        finally
        {
            await ExecuteAsync(database, "select pg_advisory_unlock_all(); drop trigger if exists test_watch on items; drop function test_watch; drop table test_effects");
        }
        await Graph.WaitForHealthyAsync(ResourceNames.Worker, Cancelled);
    }

    // Every write to an item waits at the gate, and is counted in its own transaction.
    private static string WatchedItems => $"""
        create table test_effects (item_id uuid not null);
        create function test_watch() returns trigger language plpgsql as $$ begin
            perform pg_advisory_xact_lock_shared({Gate});
            insert into test_effects values (new.id);
            return new;
        end $$;
        create trigger test_watch before update on items for each row execute function test_watch();
        """;

    private async Task KillWorkerAsync()
    {
        var worker = await Graph.App.ResourceNotifications.WaitForResourceAsync(
            ResourceNames.Worker, change => change.Snapshot.State?.Text == KnownResourceStates.Running, Cancelled);
        var pid = worker.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value;

        // The process that DCP knows may be `dotnet run`; the worker is its child then.
        using var process = Process.GetProcessById(Convert.ToInt32(pid, CultureInfo.InvariantCulture));
        process.Kill(entireProcessTree: true);
        await Graph.App.ResourceNotifications.WaitForResourceAsync(ResourceNames.Worker, KnownResourceStates.TerminalStates, Cancelled).WaitAsync(Wait.Limit, Cancelled);
    }

    private static async Task ExecuteAsync(NpgsqlConnection database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, database);
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private static async Task<long> CountAsync(NpgsqlConnection database, string sql)
    {
        await using var command = new NpgsqlCommand(sql, database);
        return (long)(await command.ExecuteScalarAsync(Cancelled))!;
    }
}
