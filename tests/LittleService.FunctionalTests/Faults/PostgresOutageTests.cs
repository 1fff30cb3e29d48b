using System.Net;
using System.Net.Http.Json;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Items;
using Npgsql;

namespace LittleService.FunctionalTests.Faults;

public sealed class PostgresOutageTests(Servers servers) : IAsyncLifetime
{
    // The promise is two seconds. Told apart from it on any machine is an api that waits for the driver's own limits, 15 s and more.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(12);

    private readonly Service _service = new(servers);
    private TcpGate _gate = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GateState.Silent)]
    [InlineData(GateState.Closed)]
    [InlineData(GateState.Frozen)]
    public async Task ApiSaysSoWithoutWaitingAndIsWholeAgainByItself(GateState outage)
    {
        var api = StartApi();
        await api.GetStringAsync("/", Stop);
        var item = await api.AddAsync("Kept");

        _gate.Turn(outage);
        // Those that meet the outage first, those behind them, and those after it is known.
        for (var round = 0; round < 3; round++)
            await Task.WhenAll(Enumerable.Range(0, 20).Select(n => IsUnavailableAsync(api, n)));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/alive"));
        await Eventually.SeeAsync(() => StatusAsync(api, "/health"), status => status == HttpStatusCode.ServiceUnavailable);

        _gate.Turn(GateState.Open);
        await Eventually.SeeAsync(() => StatusAsync(api, "/health"), status => status == HttpStatusCode.OK);
        await Eventually.SeeAsync(() => StatusAsync(api, "/"), status => status == HttpStatusCode.OK);
        Assert.Equal("Kept", (await api.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop))!.Name);
        await api.AddAsync("Added afterwards");
    }

    [Fact]
    public async Task DetailNamesPostgres()
    {
        var api = StartApi(("environment", "Development"));
        _gate.Turn(GateState.Silent);

        var detail = await Eventually.SeeAsync(() => TextAsync(api, "/health/detail"), text => text.Contains("Unhealthy", StringComparison.Ordinal));

        Assert.Contains("\"postgres\"", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiStartsBeforeTheDatabaseDoes()
    {
        _gate.Turn(GateState.Closed);

        var api = StartApi();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/alive"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(api, "/health"));

        _gate.Turn(GateState.Open);
        await Eventually.SeeAsync(() => StatusAsync(api, "/health"), status => status == HttpStatusCode.OK);
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _gate = new TcpGate(new NpgsqlConnectionStringBuilder(servers.Database).Port).Listen();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _gate.DisposeAsync();
    }

    private static async Task IsUnavailableAsync(HttpClient api, int n)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(Deadline);
        using var answer = (n % 4) switch
        {
            0 => await api.GetAsync("/", deadline.Token),
            1 => await api.GetAsync("/api/items", deadline.Token),
            2 => await api.GetAsync("/items", deadline.Token),
            _ => await api.PostAsJsonAsync("/api/items", new { name = "Not now", quantity = 1 }, deadline.Token),
        };

        await ProblemAssert.IsAsync(answer, HttpStatusCode.ServiceUnavailable);
        Assert.Equal(1, answer.Headers.RetryAfter?.Delta?.TotalSeconds);
    }

    private static async Task<string> TextAsync(HttpClient api, string path)
    {
        using var answer = await api.GetAsync(path, Stop);
        return await answer.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient api, string path)
    {
        using var answer = await api.GetAsync(path, Stop);
        return answer.StatusCode;
    }

    private HttpClient StartApi(params (string Key, string Value)[] settings) =>
        _service.StartApi([("ConnectionStrings:db", new NpgsqlConnectionStringBuilder(_service.DatabaseConnection) { Port = _gate.Port }.ConnectionString), .. settings]).As(Role.Writer);
}
