using System.Net;
using System.Net.Http.Json;
using LittleService.Data.Accounts;
using LittleService.Data.Migrations;
using LittleService.Data.Stats;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Items;
using LittleService.Jobs.Storage;
using LittleService.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LittleService.FunctionalTests.Deployment;

/// <summary>Servers that were set up by others, for others.</summary>
public sealed class SomebodyElsesPostgresTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private readonly string _role = $"role_{Guid.NewGuid():N}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ServiceLivesWhereTimesAndNumbersAreWrittenOtherwise()
    {
        await SetAsync("timezone = 'Asia/Kathmandu'", "datestyle = 'German, DMY'", "intervalstyle = 'sql_standard'", "bytea_output = 'escape'");
        await SetAsync("statement_timeout = '20s'", "idle_in_transaction_session_timeout = '5s'", "lock_timeout = '10s'");

        await _service.LivesAsync();
    }

    [Fact]
    public async Task ServiceLivesInASchemaThatTheConnectionStringNames()
    {
        await _service.ExecuteAsync("drop schema public cascade; create schema shop");
        _service.Reconnect(address => address.Options = "-c search_path=shop");
        await new Migrator(_service.Database, NullLogger<Migrator>.Instance, Schema.Migrations).MigrateAsync(Stop);
        await TestKeys.AddAsync(_service.Database);

        await _service.LivesAsync();

        Assert.Equal(0L, await _service.ScalarAsync<long>("select count(*) from pg_class where relnamespace = to_regnamespace('public')"));
    }

    [Fact]
    public async Task ServiceLivesAsARoleThatOwnsAndCreatesNothing()
    {
        await _service.ExecuteAsync($"create role {_role} login password 'x'");
        await _service.ExecuteAsync("revoke create on schema public from public");
        await _service.ExecuteAsync(await DeploymentPage.SqlAsync("app", _role));

        await _service.LivesAsync(As(_role));

        await using var database = NpgsqlDataSource.Create(As(_role).Value);
        var old = DateTimeOffset.UtcNow.AddYears(-3).UtcDateTime;
        await using var make = database.CreateCommand("select event_partition('event_stats_minute', date_trunc('day', $1), date_trunc('day', $1) + interval '1 day')");
        make.Parameters.Add(new() { Value = old });
        await make.ExecuteNonQueryAsync(Stop);
        Assert.Equal(1L, await PartitionsAsync(old));
        await new StatsKeeper(database, Options.Create(new StatsOptions()), TimeProvider.System).DropAsync(Stop);
        Assert.Equal(0L, await PartitionsAsync(old));
        await using var other = database.CreateCommand("select drop_event_partition('items')");
        await other.ExecuteNonQueryAsync(Stop);
        Assert.Equal(1L, await _service.ScalarAsync<long>("select count(*) from pg_class where relname = 'items'"));
    }

    [Fact]
    public async Task WorkerWhoseRoleMayNotMigrateSaysSoOnceAndWaitsForWhoMay()
    {
        await _service.ExecuteAsync($"create role {_role} login password 'x'; revoke create on schema public from public");
        await _service.ExecuteAsync("delete from schema_migrations where set = 'data' and number = 1");
        await _service.ExecuteAsync(await DeploymentPage.SqlAsync("app", _role));
        var log = new LogLines();
        await using var worker = new Process<MigrateAtStart>([.. _service.Settings, As(_role)], services => services.AddSingleton<ILoggerProvider>(log));
        using var client = worker.Start();
        await Eventually.SeeAsync(() => Task.FromResult(log.Text), text => text.Contains("run the worker's verb migrate", StringComparison.Ordinal));

        // As the owner would leave it: the table of that file is there.
        var first = Schema.Migrations.First(each => each is { Set: "data", Number: 1 });
        await _service.ExecuteAsync(
            $"insert into schema_migrations (set, number, name, checksum) values ('data', 1, '{first.Name}', '{first.Checksum}')");

        await Eventually.SeeAsync(() => client.GetAsync("/health", Stop), answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Single(log.Warnings, warning => warning.Contains("verb migrate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ServiceLivesWithFewConnections()
    {
        await _service.ExecuteAsync($"create role {_role} login password 'x' superuser connection limit 21");
        await _service.ExecuteAsync($"alter role {_role} nosuperuser; grant all on schema public to {_role}; grant all on all tables in schema public to {_role}");
        await _service.ExecuteAsync($"grant execute on all functions in schema public to {_role}");
        var (key, address) = As(_role);

        // Two pools of an api, three and a connection of a worker.
        await _service.LivesAsync((key, $"{address};Maximum Pool Size=4"));
    }

    [Theory]
    [InlineData("default_transaction_isolation = 'serializable'", "read committed")]
    [InlineData("default_transaction_read_only = on", "takes no writes")]
    public async Task HealthSaysWhatASettingOfTheDatabaseKeepsItFromDoing(string setting, string said)
    {
        await SetAsync(setting);
        var api = _service.StartApi(("environment", "Development"));

        await api.SaysOfItsHealthAsync(said);
    }

    [Fact]
    public async Task ServerThatTakesNoWritesIsADatabaseThatIsAwayForThem()
    {
        var item = await _service.Writer.AddAsync("Read");
        await SetAsync("default_transaction_read_only = on");
        var api = _service.StartApi().As(Role.Writer);

        Assert.Equal("Read", (await api.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
        using var answer = await api.PostAsJsonAsync("/api/items", new { name = "Written", quantity = 1 }, Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await servers.ExecuteAsync($"drop role if exists {_role}");
    }

    private async Task SetAsync(params string[] settings)
    {
        var name = new NpgsqlConnectionStringBuilder(_service.DatabaseConnection).Database;
        foreach (var setting in settings) await servers.ExecuteAsync($"alter database {name} set {setting}");
    }

    private (string Key, string Value) As(string role) =>
        ("ConnectionStrings:db", new NpgsqlConnectionStringBuilder(_service.DatabaseConnection) { Username = role, Password = "x" }.ConnectionString);

    private Task<long> PartitionsAsync(DateTime day) =>
        _service.ScalarAsync<long>($"select count(*) from pg_class where relname = 'event_stats_minute_{day:yyyyMMdd}'");
}
