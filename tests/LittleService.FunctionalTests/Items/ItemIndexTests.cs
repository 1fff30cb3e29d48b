using System.Net.Http.Json;

namespace LittleService.FunctionalTests.Items;

public sealed class ItemIndexTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WorkerMakesAnAddedItemSearchable()
    {
        service.StartWorker();
        var added = await service.Client.AddAsync("Green Lamp", description: "Gives light");

        await Eventually.SeeAsync(() => service.Client.GetFromJsonAsync<ItemView>($"/api/items/{added.Id}", Stop), item => item!.Searchable);

        Assert.Contains("searchable", await service.Client.GetStringAsync("/items", Stop), StringComparison.Ordinal);
        Assert.True(await service.ScalarAsync<bool>(
            $"select search @@ to_tsquery('simple', 'lamp:A & light & !light:A') from items where id = '{added.Id}'"));
    }

    [Fact]
    public async Task NoItemIsStoredWithoutItsJob()
    {
        await service.Client.AddAsync("Both");

        Assert.Equal(
            await service.ScalarAsync<long>("select count(*) from items"),
            await service.ScalarAsync<long>("select count(*) from jobs where kind = 'index_item'"));
    }
}
