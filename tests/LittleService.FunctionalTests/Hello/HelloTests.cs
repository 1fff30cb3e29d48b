using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace LittleService.FunctionalTests.Hello;

public sealed partial class HelloTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PageGreetsTheWorld()
    {
        using var answer = await service.Client.GetAsync("/", Stop);

        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("<h1>Hello, World</h1>", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task NumberIsUniqueAndGapFreeAcrossConcurrentReplicas()
    {
        var before = await CountAsync();
        HttpClient[] replicas = [service.StartApi(), service.StartApi()];

        var numbers = new ConcurrentBag<long>();
        await Parallel.ForAsync(0, 600, new ParallelOptions { MaxDegreeOfParallelism = 60, CancellationToken = Stop }, async (n, _) =>
            numbers.Add(await NumberAsync(replicas[n % 2])));

        Assert.Equal(Enumerable.Range(1, 600).Select(n => before + n), numbers.Order());
        Assert.Equal(before + 600, await CountAsync());
    }

    [Fact]
    public async Task NumberGoesOnAfterARestart()
    {
        var before = await NumberAsync(service.StartApi());

        Assert.Equal(before + 1, await NumberAsync(service.StartApi()));
    }

    private static async Task<long> NumberAsync(HttpClient api) =>
        long.Parse(Number().Match(await api.GetStringAsync("/", Stop)).Groups[1].Value, null);

    private Task<long> CountAsync() => service.ScalarAsync<long>("select count from visits");

    [GeneratedRegex("""id="visits">(\d+)<""")]
    private static partial Regex Number();
}
