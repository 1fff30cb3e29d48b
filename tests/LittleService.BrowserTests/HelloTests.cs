using System.Globalization;

namespace LittleService.BrowserTests;

[Collection(nameof(Site))]
public sealed class HelloTests(Site site)
{
    [Fact]
    public async Task RefreshCountsUpByOne()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        var first = await VisitsAsync(visitor);

        await visitor.Page.ReloadAsync();

        Assert.Equal(first + 1, await VisitsAsync(visitor));
        Assert.Empty(visitor.Complaints);
    }

    private static async Task<int> VisitsAsync(Visitor visitor) => int.Parse(await visitor.Page.Locator("#visits").InnerTextAsync(), CultureInfo.InvariantCulture);
}
