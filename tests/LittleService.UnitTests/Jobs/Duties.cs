using LittleService.Jobs.Work;

namespace LittleService.UnitTests.Jobs;

public sealed class Duties
{
    [Fact]
    public async Task GoOnAfterAFailureOfAnyKind()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var failures = new List<string>();

        await new FailingTwice(stop).LoopAsync((duty, reason) => failures.Add($"{duty} {reason}"), stop.Token);

        Assert.Equal(["FailingTwice 1", "FailingTwice 2"], failures);
    }

    private sealed class FailingTwice(CancellationTokenSource stop) : Duty(TimeProvider.System)
    {
        private int _runs;

        protected override TimeSpan Period => TimeSpan.FromMilliseconds(1);

        protected override Task RunAsync(CancellationToken cancellationToken) =>
            ++_runs < 3 ? throw new InvalidOperationException($"{_runs}") : stop.CancelAsync();
    }
}
