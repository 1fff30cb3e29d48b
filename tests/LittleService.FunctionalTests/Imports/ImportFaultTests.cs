using System.Net;
using LittleService.FunctionalTests.Faults;
using LittleService.FunctionalTests.Jobs;
using Npgsql;

namespace LittleService.FunctionalTests.Imports;

/// <summary>Each import is held in the middle by a lock that a test takes and lets go.</summary>
public sealed class ImportFaultTests(Servers servers) : IAsyncLifetime
{
    private const int Rows = 5000;
    private static readonly (string, string) ShortLease = ("Jobs:Lease", "00:00:02");
    private readonly Service _service = new(servers);
    private readonly string _name = $"n{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("row-by-row")]
    [InlineData("all-or-nothing")]
    public async Task ImportOfAWorkerThatIsCutOffGoesOnElsewhereWithoutDoublingRows(string mode)
    {
        var server = new NpgsqlConnectionStringBuilder(_service.DatabaseConnection);
        await using var gate = new TcpGate(server.Port).Listen();
        (server.Host, server.Port) = ("127.0.0.1", gate.Port);
        _service.StartWorker(("ConnectionStrings:db", server.ConnectionString), ShortLease);

        await GoesOnElsewhereAsync(mode, () => gate.Turn(GateState.Closed));
    }

    [Theory]
    [InlineData("row-by-row")]
    [InlineData("all-or-nothing")]
    public async Task ImportOfAWorkerThatIsKilledGoesOnElsewhereWithoutDoublingRows(string mode)
    {
        await using var worker = WorkerProcess.Start(_service, ShortLease);

        await GoesOnElsewhereAsync(mode, worker.Kill);
    }

    [Theory]
    [InlineData("row-by-row", 4000)]
    [InlineData("all-or-nothing", 0)]
    public async Task CancelKeepsWhatTheModeSays(string mode, int leastKept)
    {
        _service.StartWorker();
        var brake = await HoldAsync(3500);
        var import = await _service.Writer.ImportAsync(ImportClient.Rows(_name, 4 * Rows), mode);
        await InsertIsHeldAsync();

        var cancelling = _service.Writer.PostAsync($"/api/imports/{import.Id}/cancel", null, Stop);
        if (mode == "row-by-row") await Eventually.SeeAsync(() => WaitingAsync("update imports set state"), count => count == 1);
        else await cancelling;
        await brake.DisposeAsync();
        using var answer = await cancelling;
        var ended = await _service.Writer.EndAsync(import.Id);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        // The thousand that was under way is whole: the cancel waits for it, and for the next if that one comes first to the row of the import.
        Assert.Equal(("cancelled", 0), (ended.State, ended.RowsAdded % 1000));
        Assert.InRange(ended.RowsAdded, leastKept, leastKept == 0 ? 0 : (4 * Rows) - 1000);
        await Eventually.SeeAsync(() => _service.ScalarAsync<long>($"select count(*) from jobs where id = '{import.JobId}'"), count => count == 0);
        Assert.Equal(ended.RowsAdded, await CountAsync());
        using var again = await _service.Writer.PostAsync($"/api/imports/{import.Id}/cancel", null, Stop);
        await ProblemAssert.IsAsync(again, HttpStatusCode.Conflict);
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        await _service.ExecuteAsync("create table brakes (name text)");
        await _service.ExecuteAsync(
            """
            create function wait_at_brake() returns trigger language plpgsql as $$
            begin
              if exists (select from brakes where brakes.name = new.name) then perform pg_advisory_xact_lock_shared(4711); end if;
              return new;
            end $$
            """);
        await _service.ExecuteAsync("create trigger brake before insert on items for each row execute function wait_at_brake()");
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    /// <summary>Loses the worker in the middle of an import, which another then finishes.</summary>
    private async Task GoesOnElsewhereAsync(string mode, Action lose)
    {
        var brake = await HoldAsync(3500);
        var import = await _service.Writer.ImportAsync(ImportClient.Rows(_name, Rows), mode);
        await InsertIsHeldAsync();
        Assert.Equal(mode == "row-by-row" ? 3000 : 0, await CountAsync());

        lose();
        _service.StartWorker(ShortLease);
        await brake.DisposeAsync();
        var ended = await _service.Writer.EndAsync(import.Id);

        Assert.Equal(("completed", Rows, 0), (ended.State, ended.RowsAdded, ended.RowsRefused));
        Assert.Equal(Rows, await CountAsync());
        Assert.Equal(Rows, await _service.ScalarAsync<long>($"select count(distinct name) from items where name like '{_name}%'"));
        Assert.True(await _service.ScalarAsync<int>($"select run from imports where id = '{import.Id}'") > 1);
    }

    /// <summary>Makes the insert of that row wait until the connection is disposed of.</summary>
    private async Task<NpgsqlConnection> HoldAsync(int row)
    {
        await _service.ExecuteAsync($"insert into brakes values ('{_name} {row}')");
        var connection = new NpgsqlConnection($"{_service.DatabaseConnection};Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand("select pg_advisory_lock(4711)", connection);
        await command.ExecuteNonQueryAsync(Stop);
        return connection;
    }

    private Task<long> InsertIsHeldAsync() => Eventually.SeeAsync(() => WaitingAsync("insert into items"), count => count > 0);

    private Task<long> WaitingAsync(string statement) => _service.ScalarAsync<long>(
        $"select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '{statement}%'");

    private Task<long> CountAsync() => _service.ScalarAsync<long>($"select count(*) from items where name like '{_name}%'");
}
