using LittleService.Jobs;
using LittleService.Jobs.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LittleService.UnitTests.Jobs;

public sealed class RedisConnectionStrings
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("my_redis:6379,password=a=b,ssl=true")]
    [InlineData("[::1]:6379")]
    [InlineData("one:6379,two:6379,abortConnect=true")]
    [InlineData("!/run/redis.sock")]
    public void AreTaken(string? address) => Assert.Null(RedisConnections.ConfigurationError(Configuration(address), "redis"));

    [Theory]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("redis://localhost:6379")]
    [InlineData("localhost:63x79")]
    [InlineData("localhost:99999")]
    [InlineData("localhost:6379;ssl=true")]
    [InlineData("localhost:6379,pasword=hidden")]
    [InlineData("host name:6379")]
    public async Task AreRefusedByNameAndNotByContent(string address)
    {
        var error = RedisConnections.ConfigurationError(Configuration(address), "redis");

        Assert.StartsWith("ConnectionStrings:redis is not", error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", error, StringComparison.Ordinal);
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var connections = new RedisConnections(Configuration(address), Options.Create(new JobOptions()), NullLogger<RedisConnections>.Instance);
        });
        Assert.Equal(error, thrown.Message);
    }

    private static IConfiguration Configuration(string? address) =>
        new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:redis", address)]).Build();
}
