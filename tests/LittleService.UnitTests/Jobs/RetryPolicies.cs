using LittleService.Jobs;

namespace LittleService.UnitTests.Jobs;

public sealed class RetryPolicies
{
    [Fact]
    public void WaitAsTheirCommentSays()
    {
        var waits = Enumerable.Range(1, 9).Select(attempt => RetryPolicy.Default.WaitAfter(attempt, 0));

        Assert.Equal([1, 4, 16, 64, 256, 1024, 3600, 3600, 3600], waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public void AddUpToAFifthByChance() => Assert.Equal(1.2, RetryPolicy.Default.WaitAfter(1, 1).TotalSeconds, 6);
}
