using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
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

    [Theory]
    [InlineData(GateState.Closed)]
    [InlineData(GateState.Silent)]
    public async Task HealthOfBothIsDegradedAndNamesRedisUntilItIsBack(GateState outage)
    {
        HttpClient[] processes =
            [_service.StartApi(Redis, ("environment", "Development")), _service.StartWorker(Redis, ("environment", "Development"))];
        foreach (var process in processes) await Eventually.SeeAsync(() => RedisHealthAsync(process), health => health == "Healthy Healthy OK");

        _gate.Turn(outage);
        foreach (var process in processes) await Eventually.SeeAsync(() => RedisHealthAsync(process), health => health == "Degraded Degraded OK");

        _gate.Turn(GateState.Open);
        foreach (var process in processes) await Eventually.SeeAsync(() => RedisHealthAsync(process), health => health == "Healthy Healthy OK");
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

    // What the detail says of Redis, then what a load balancer sees.
    private static async Task<string> RedisHealthAsync(HttpClient process)
    {
        var detail = await process.GetFromJsonAsync<JsonElement>("/health/detail", Stop);
        var redis = detail.GetProperty("dependencies").EnumerateArray().Single(dependency => dependency.GetProperty("name").GetString() == "redis");
        using var answer = await process.GetAsync("/health", Stop);
        return $"{redis.GetProperty("status").GetString()} {await answer.Content.ReadAsStringAsync(Stop)} {answer.StatusCode}";
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient api, string path)
    {
        using var answer = await api.GetAsync(path, Stop);
        return answer.StatusCode;
    }
}
