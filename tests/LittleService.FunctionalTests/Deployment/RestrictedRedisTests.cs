using LittleService.FunctionalTests.Jobs;

namespace LittleService.FunctionalTests.Deployment;

public sealed class RestrictedRedisTests(Servers servers) : IAsyncLifetime
{
    private readonly Service _service = new(servers);
    private OwnRedis? _redis;

    [Fact]
    public async Task ServiceLivesAsARedisUserWithItsOwnKeysAndCommandsAlone()
    {
        var user = DeploymentPage.Fence(await DeploymentPage.ReadAsync(), "text").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("OK", await _redis!.AskAsync(["ACL", "SETUSER", .. user[1..]]));
        Assert.Equal("OK", await _redis.AskAsync("ACL", "SETUSER", "default", "off", "resetkeys", "resetchannels", "-@all", "+ping"));

        await _service.LivesAsync(
            ("ConnectionStrings:redis", $"{_redis.Address},user={user[1]},password=secret"),
            ("Jobs:KeyPrefix", "jobs"), ("Events:KeyPrefix", "{events}"), ("RateLimits:KeyPrefix", "rate"));
    }

    public async ValueTask InitializeAsync()
    {
        await _service.InitializeAsync();
        _redis = await OwnRedis.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
    }
}
