using System.Net;
using LittleService.Data;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Accounts;

public sealed class SignInThrottleTests(Servers servers) : IAsyncLifetime
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly Service _service = new(servers);
    private SignInThrottle _throttle = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AddressHasToWaitWhateverTheNames()
    {
        for (var name = 0; name < 50; name++) Assert.Null(await TakeAsync($"name-{name}", Here));

        Assert.Equal(TimeSpan.FromSeconds(5), await TakeAsync("another-name", Here));
        Assert.Null(await TakeAsync("another-name", IPAddress.Parse("192.0.2.2")));
    }

    [Fact]
    public async Task AccountHasToWaitWhateverTheAddresses()
    {
        for (byte address = 0; address < 100; address++) Assert.Null(await TakeAsync("name", new([198, 51, 100, address])));

        Assert.Equal(TimeSpan.FromSeconds(10), await TakeAsync("name", Here));
        Assert.Null(await TakeAsync("another-name", Here));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::", true)]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:2::1", false)]
    public async Task AddressesOfOneCallerCountTogether(string address, string other, bool together)
    {
        for (var attempt = 0; attempt < 5; attempt++) Assert.Null(await TakeAsync("name", IPAddress.Parse(address)));

        Assert.Equal(together, await TakeAsync("name", IPAddress.Parse(other)) is not null);
    }

    [Fact]
    public async Task WhatSucceededIsGivenBack()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            Assert.Null(await TakeAsync("name", Here));
            await _throttle.GiveBackAsync("name", Here, Stop);
        }
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _throttle = new(_service.Database, new DatabaseWatch(_service.Database, TimeProvider.System), new FakeTimeProvider());
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    private Task<TimeSpan?> TakeAsync(string account, IPAddress address) => _throttle.TakeAsync(account, address, Stop);
}
