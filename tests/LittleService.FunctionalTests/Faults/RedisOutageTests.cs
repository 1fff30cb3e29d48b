using System.Net;
using System.Net.Http.Json;
using LittleService.Data.Accounts;
using LittleService.FunctionalTests.Accounts;
using LittleService.FunctionalTests.Items;

namespace LittleService.FunctionalTests.Faults;

public sealed class RedisOutageTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private TcpGate _gate = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GateState.Closed)]
    [InlineData(GateState.Silent)]
    public async Task ItemsAreAddedAndTheirJobsRun(GateState outage)
    {
        var api = _service.StartApi(Redis).As(Role.Writer);
        _service.StartWorker(Redis);
        await SearchableAsync(api, await api.AddAsync("Before"));

        _gate.Turn(outage);
        var during = await api.AddAsync("During");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(api, "/health"));

        _gate.Turn(GateState.Open);
        await SearchableAsync(api, during);
        await SearchableAsync(api, await api.AddAsync("Afterwards"));
    }

    [Fact]
    public async Task ApiStartsAndServesWithoutRedis()
    {
        _gate.Turn(GateState.Closed);
        var api = _service.StartApi(Redis).As(Role.Writer);

        await api.AddAsync("Without Redis");

        await Eventually.SeeAsync(() => StatusAsync(api, "/health"), status => status == HttpStatusCode.OK);
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _gate = new TcpGate(_service.RedisPort).Listen();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _gate.DisposeAsync();
    }

    private (string Key, string Value) Redis =>
        ("ConnectionStrings:redis", _service.RedisConnection.Replace($":{_service.RedisPort}", $":{_gate.Port}", StringComparison.Ordinal));

    private static async Task SearchableAsync(HttpClient api, ItemView item) => await Eventually.SeeAsync(
        async () => await api.GetFromJsonAsync<ItemView>($"/api/items/{item.Id}", Stop),
        seen => seen!.Searchable);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient api, string path)
    {
        using var answer = await api.GetAsync(path, Stop);
        return answer.StatusCode;
    }
}
