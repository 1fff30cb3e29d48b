using System.Diagnostics;

namespace LittleService.Rehearsal;

/// <summary>
/// The order in which an instance leaves, from the signal on: it says that it is not ready, the proxy leaves it alone, it gets its last
/// request, it ends.
/// </summary>
internal sealed record DrainOrder(TimeSpan NotReady, TimeSpan LeftAlone, TimeSpan LastRequest, TimeSpan Stopped)
{
    // The proxy may give it a request while it is about to notice.
    public bool IsRight => NotReady <= LeftAlone && NotReady < Stopped && LeftAlone < Stopped && LastRequest < Stopped;

    public static async Task<DrainOrder> SeeAsync(Fleet fleet, Proxy proxy, Release release)
    {
        await fleet.AddApiAsync(release);
        await using var leaving = fleet.Apis[0];
        fleet.Apis.RemoveAt(0);
        var started = Stopwatch.GetTimestamp();
        var (notReady, leftAlone, last, requests) = (default(TimeSpan?), default(TimeSpan?), TimeSpan.Zero, (await proxy.SeeAsync(leaving.Port)).Requests);
        leaving.Signal("TERM");
        for (; !leaving.HasExited; await Task.Delay(10))
        {
            if (!await leaving.IsReadyAsync()) notReady ??= Stopwatch.GetElapsedTime(started);
            var seen = await proxy.SeeAsync(leaving.Port);
            if (!seen.IsUp) leftAlone ??= Stopwatch.GetElapsedTime(started);
            if (seen.Requests > requests) (requests, last) = (seen.Requests, Stopwatch.GetElapsedTime(started));
        }

        var stopped = Stopwatch.GetElapsedTime(started);
        return new(notReady ?? stopped, leftAlone ?? stopped, last, stopped);
    }
}
