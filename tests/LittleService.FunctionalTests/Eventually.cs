using System.Diagnostics;

namespace LittleService.FunctionalTests;

internal static class Eventually
{
    /// <summary>Asks again until <paramref name="isSo"/>; fails with what was seen last when that takes longer than so many minutes.</summary>
    public static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> isSo, int minutes = 1)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen)) return seen;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(minutes), $"Seen last: {seen}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
