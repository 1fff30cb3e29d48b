namespace LittleService.Rehearsal;

/// <summary>
/// The order in which an instance leaves, from the signal on: it says that it is not ready, the proxy leaves it alone, it gets its last
/// request, it ends.
/// </summary>
internal sealed record DrainOrder(TimeSpan NotReady, TimeSpan LeftAlone, TimeSpan LastRequest, TimeSpan Stopped)
{
    // The proxy may give it a request while it is about to notice.
    public bool IsRight => NotReady <= LeftAlone && NotReady < Stopped && LeftAlone < Stopped && LastRequest < Stopped;
}
