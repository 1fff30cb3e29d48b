namespace LittleService.FunctionalTests.Accounts;

/// <summary>The time of day plus what was added; timers run as ever.</summary>
internal sealed class MovableClock : TimeProvider
{
    private TimeSpan _ahead;

    public void Advance(TimeSpan time) => _ahead += time;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
}
