using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using LittleService.Data;
using LittleService.Data.Accounts;

namespace LittleService.FunctionalTests.Accounts;

public sealed class GuessingTests(Service service) : IClassFixture<Service>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 5)]
    [InlineData(1, 1000, 100)]
    [InlineData(1000, 1, 50)]
    public async Task OfAThousandGuessesAtOnceFewAreChecked(int accounts, int addresses, int most)
    {
        var (throttle, name, network) = (Throttle(new FakeTimeProvider()), Guid.NewGuid(), Network());
        var waits = new ConcurrentBag<TimeSpan?>();

        await Parallel.ForAsync(0, 1000, new ParallelOptions { MaxDegreeOfParallelism = 10, CancellationToken = Stop }, async (n, stop) =>
            waits.Add(await throttle.TakeAsync($"{name}{n % accounts}", network(n % addresses), stop)));

        Assert.Equal(most, waits.Count(wait => wait is null));
        Assert.All(waits.OfType<TimeSpan>(), wait => Assert.InRange(wait.TotalSeconds, 1, 30));
    }

    [Fact]
    public async Task StrangerWhoGuessesForAnHourDoesNotKeepTheOwnerOut()
    {
        var (clock, name, network) = (new FakeTimeProvider(), $"{Guid.NewGuid()}", Network());
        var throttle = Throttle(clock);

        for (var guess = 0; guess < 360; guess++)
        {
            await throttle.TakeAsync(name, network(1), Stop);
            clock.Advance(TimeSpan.FromSeconds(10));
        }

        Assert.Null(await throttle.TakeAsync(name, network(2), Stop));
    }

    // Counted rather than timed: each of them costs one check of a password against a hash.
    [Fact]
    public async Task NamesThatAreUnknownImpossibleOrDisabledCostTheSameWork()
    {
        var checks = new ConcurrentBag<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "LittleService.Accounts",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => checks.Add(span.TraceId.ToString()),
        };
        ActivitySource.AddActivityListener(listener);
        var (known, disabled) = (await service.AddPersonAsync(), await service.AddPersonAsync());
        await service.ExecuteAsync($"update accounts set disabled_at = now() where name = '{disabled}'");

        foreach (var name in (string[])[known, disabled, $"nobody-{Guid.NewGuid():N}", "No Name at all!"])
        {
            var trace = ActivityTraceId.CreateRandom().ToString();
            using var answer = await new Browser(service.Client) { Headers = { ["traceparent"] = $"00-{trace}-b7ad6b7169203331-01" } }.SignInAsync(name, "wrong password");

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.True(checks.Count(check => check == trace) == 1, $"{name} {trace}: {string.Join(' ', checks)}");
        }
    }

    private SignInThrottle Throttle(TimeProvider clock) => new(service.Database, new DatabaseWatch(service.Database, TimeProvider.System), clock);

    // Addresses that no other test has, each with a network of its own.
    private static Func<int, IPAddress> Network()
    {
        var own = Guid.NewGuid().ToByteArray()[..6];
        return number => new([.. own, (byte)(number >> 8), (byte)number, .. new byte[8]]);
    }
}
