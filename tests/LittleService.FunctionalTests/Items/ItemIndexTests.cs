using System.Net.Http.Json;

namespace LittleService.FunctionalTests.Items;

public sealed class ItemIndexTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WorkerMakesAnAddedItemSearchable()
    {
        service.StartWorker();
        var added = await service.Writer.AddAsync("Green Lamp", description: "Gives light");

        await Eventually.SeeAsync(() => service.Client.GetFromJsonAsync<ItemView>($"/api/items/{added.Id}", Stop), item => item!.Searchable);

        Assert.Contains("searchable", await service.Client.GetStringAsync("/items", Stop), StringComparison.Ordinal);
        Assert.True(await service.ScalarAsync<bool>(
            $"select search @@ search_query('lamp light') from items where id = '{added.Id}'"));
    }

    [Fact]
    public async Task NoItemIsStoredWithoutItsJob()
    {
        var added = await service.Writer.AddAsync("Both");

        // One statement, as a worker of another test may be running the job: it marks the item and removes the job in one transaction.
        Assert.True(await service.ScalarAsync<bool>(
            $"""
            select search is not null or exists (
                select from jobs where kind = 'index_item' and position('{added.Id}' in convert_from(payload, 'UTF8')) > 0)
            from items where id = '{added.Id}'
            """));
    }
}
