using System.Net;
using LittleService.Data.Migrations;
using Npgsql;

namespace LittleService.FunctionalTests.Deployment;

public sealed class PgBouncerTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private OwnPgBouncer? _bouncer;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private (string, string) Address => ("ConnectionStrings:db", _bouncer!.Behind(_service.DatabaseConnection));

    [Fact]
    public Task ServiceLivesBehindAPoolerThatLendsAConnectionForOneTransaction() => _service.LivesAsync(Address, ("Database:TransactionPooling", "true"));

    [Fact]
    public async Task WorkersMigrateThroughAPooler()
    {
        await _service.ExecuteAsync("drop schema public cascade; create schema public");
        (string, string)[] settings = [Address, ("Database:TransactionPooling", "true")];

        foreach (var worker in new[] { _service.StartWorker(settings), _service.StartWorker(settings) })
            await Eventually.SeeAsync(
                async () =>
                {
                    using var health = await worker.GetAsync("/health", Stop);
                    return health.StatusCode;
                },
                status => status == HttpStatusCode.OK);

        Assert.Equal(Schema.Migrations.Count, await _service.ScalarAsync<long>("select count(*) from schema_migrations"));
    }

    [Fact]
    public async Task ProcessThatIsNotToldOfThePoolerSaysWhatToSet()
    {
        var api = _service.StartApi(Address, ("environment", "Development"));

        await api.SaysOfItsHealthAsync("set Database:TransactionPooling to true");
        using var ready = await api.GetAsync("/health", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task PoolerThatHasNoConnectionIsADatabaseThatIsAway()
    {
        var elsewhere = new NpgsqlConnectionStringBuilder(Address.Item2) { Database = $"none_{Guid.NewGuid():N}" }.ConnectionString;
        var api = _service.StartApi(("ConnectionStrings:db", elsewhere), ("Database:TransactionPooling", "true"));

        foreach (var path in new[] { "/", "/api/items", "/", "/api/items" })
        {
            using var answer = await api.GetAsync(path, Stop);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _bouncer = await OwnPgBouncer.StartAsync(_service.DatabaseConnection);
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        if (_bouncer is not null) await _bouncer.DisposeAsync();
    }
}
