using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Items;

/// <summary>In a service of its own, in which nobody adds anything.</summary>
public sealed class EmptyShopTests(Service service) : IClassFixture<Service>
{
    private const string SignIn = "Sign in to add the first item";
    private const string Add = "Add the first item";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StrangerIsAskedToSignIn() =>
        Assert.Contains(SignIn, await service.Client.GetStringAsync("/items", Stop), StringComparison.Ordinal);

    [Fact]
    public async Task WriterIsAskedToAdd() =>
        Assert.Contains(Add, await service.Writer.GetStringAsync("/items", Stop), StringComparison.Ordinal);

    [Fact]
    public async Task ReaderIsAskedForNothingThatIsRefused()
    {
        var page = await service.ApiAs(Role.Reader).GetStringAsync("/items", Stop);

        Assert.Contains("Nothing here yet.", page, StringComparison.Ordinal);
        Assert.DoesNotContain(SignIn, page, StringComparison.Ordinal);
        Assert.DoesNotContain(Add, page, StringComparison.Ordinal);
    }
}
