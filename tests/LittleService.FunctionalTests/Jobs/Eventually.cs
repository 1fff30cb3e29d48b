namespace LittleService.FunctionalTests.Jobs;

internal static class Eventually
{
    /// <summary>Waits for a condition, and fails with its words when it does not come true in time.</summary>
    public static async Task TrueAsync(
        Func<Task<bool>> condition, double seconds = 60, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string? words = null)
    {
        var deadline = DateTime.UtcNow.AddSeconds(seconds);
        while (!await condition())
        {
            Assert.True(DateTime.UtcNow < deadline, $"Not within {seconds} s: {words}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(
        Func<bool> condition, double seconds = 60, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(condition))] string? words = null) =>
        TrueAsync(() => Task.FromResult(condition()), seconds, words);
}
