using System.Diagnostics;

namespace LittleService.FunctionalTests;

internal static class Eventually
{
    /// <summary>Asks again until <paramref name="isSo"/>; fails with what was seen last when that takes longer than a minute.</summary>
    public static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (isSo(seen)) return seen;
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(1), $"Seen last: {seen}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
