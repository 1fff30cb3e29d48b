using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using LittleService.Data.Imports;
using LittleService.FunctionalTests.Faults;
using LittleService.FunctionalTests.Jobs;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LittleService.FunctionalTests.Imports;

/// <summary>Each import is held in the middle by a lock that a test takes and lets go.</summary>
public sealed class ImportFaultTests(Servers servers) : IAsyncLifetime
{
    private const int Rows = 5000;
    private const string Insert = "insert into items";
    private const string Update = "update imports";
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

        await GoesOnElsewhereAsync(mode, Insert, () => gate.Turn(GateState.Closed));
    }

    [Theory]
    [InlineData("row-by-row", Insert)]
    [InlineData("row-by-row", Update)]
    [InlineData("all-or-nothing", Insert)]
    [InlineData("all-or-nothing", Update)]
    public async Task ImportOfAWorkerThatIsKilledGoesOnElsewhereWithoutDoublingRows(string mode, string statement)
    {
        await using var worker = WorkerProcess.Start(_service, ShortLease);

        await GoesOnElsewhereAsync(mode, statement, worker.Kill);
    }

    [Fact]
    public async Task AttemptThatWasTakenOverWritesNothingMore()
    {
        await using var worker = new Process<MigrateAtStart>(_service.Settings);
        worker.Start().Dispose();
        var runs = worker.Services.GetRequiredService<ImportRuns>();
        var id = Guid.NewGuid();
        await _service.ExecuteAsync($"insert into imports (id, owner, who, mode, state) values ('{id}', '{id}', 'writer', 'row-by-row', 'waiting')");
        var batch = new ImportBatch(reported: 0);
        batch.Add(ImportColumns.Read(new CsvRecord(1, 2, 10, ["name", "quantity"], null), out _)!, new(2, 3, 20, [_name, "1"], null));

        var (first, second) = (await runs.StartAsync(id, Stop), await runs.StartAsync(id, Stop));

        await Assert.ThrowsAsync<ImportOverException>(() => runs.SaveAsync(first!, batch, Stop));
        await Assert.ThrowsAsync<ImportOverException>(() => runs.ReportAsync(first!, 20, Stop));
        await using (var transaction = await runs.BeginAsync(Stop))
            await Assert.ThrowsAsync<ImportOverException>(() => runs.EndAsync(transaction, first!, new(Import.Completed), [], Stop));
        Assert.Equal(0, await CountAsync());
        await runs.SaveAsync(second!, batch, Stop);
        Assert.Equal(1, await CountAsync());
    }

    [Theory]
    [InlineData("row-by-row", 0.6)]
    [InlineData("all-or-nothing", 0.8)]
    public async Task ProgressIsToldWhileTheImportRuns(string mode, double expected)
    {
        _service.StartWorker();
        await using var brake = await HoldAsync(Insert);
        var import = await _service.Writer.ImportAsync(ImportClient.Rows(_name, Rows), mode);
        await IsHeldAsync(Insert);

        var seen = await _service.Writer.GetImportAsync(import.Id);
        using var events = new StreamReader(await _service.Writer.GetStreamAsync($"/api/imports/{import.Id}/events", Stop));
        var reported = $"{await events.ReadLineAsync(Stop)} {await events.ReadLineAsync(Stop)}";
        var page = await _service.Writer.GetStringAsync($"/imports/{import.Id}", Stop);

        Assert.Equal("running", seen.State);
        Assert.All([seen.Progress, Number(reported, "event: progress data: .*\"progress\":([0-9.]+)"), Number(page, "<progress value=\"([0-9.]+)")], progress => Assert.Equal(expected, progress, 0.01));
    }

    [Theory]
    [InlineData("row-by-row", 4000)]
    [InlineData("all-or-nothing", 0)]
    public async Task CancelKeepsWhatTheModeSays(string mode, int leastKept)
    {
        _service.StartWorker();
        var brake = await HoldAsync(Insert);
        var import = await _service.Writer.ImportAsync(ImportClient.Rows(_name, 4 * Rows), mode);
        await IsHeldAsync(Insert);

        var cancelling = _service.Writer.PostAsync($"/api/imports/{import.Id}/cancel", null, Stop);
        if (mode == "row-by-row") await IsHeldAsync("update imports set state");
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
        await _service.ExecuteAsync(
            """
            create function wait_at_brake() returns trigger language plpgsql as $$
            begin
              perform pg_advisory_xact_lock_shared(4711);
              return new;
            end $$
            """);
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private static double Number(string text, string pattern) => double.Parse(Regex.Match(text, pattern).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>Loses the worker in the middle of an import, which another then finishes.</summary>
    private async Task GoesOnElsewhereAsync(string mode, string statement, Action lose)
    {
        var brake = await HoldAsync(statement);
        var import = await _service.Writer.ImportAsync(ImportClient.Rows(_name, Rows), mode);
        await IsHeldAsync(statement);
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

    /// <summary>Makes the worker wait in the fourth thousand, where it inserts rows or notes that they are added, until the connection is disposed of.</summary>
    private async Task<NpgsqlConnection> HoldAsync(string statement)
    {
        var when = statement == Insert ? "before insert on items for each row when (new.name like '% 3500')" : "before update on imports for each row when (new.rows_added > 3500)";
        await _service.ExecuteAsync($"create trigger brake {when} execute function wait_at_brake()");
        var connection = new NpgsqlConnection($"{_service.DatabaseConnection};Pooling=false");
        await connection.OpenAsync(Stop);
        await using var command = new NpgsqlCommand("select pg_advisory_lock(4711)", connection);
        await command.ExecuteNonQueryAsync(Stop);
        return connection;
    }

    private Task<long> IsHeldAsync(string statement) => Eventually.SeeAsync(
        () => _service.ScalarAsync<long>(
            $"""select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and starts_with(query, '{statement.Replace("'", "''", StringComparison.Ordinal)}')"""),
        count => count > 0);

    private Task<long> CountAsync() => _service.ScalarAsync<long>($"select count(*) from items where name like '{_name}%'");
}
