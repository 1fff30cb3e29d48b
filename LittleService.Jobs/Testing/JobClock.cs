namespace LittleService.Jobs.Testing;

/// <summary>
/// The time of a process under test: it runs like the system clock and can be moved forward. Register it as the <see cref="TimeProvider"/>;
/// what is due for <see cref="JobTesting.RunDueJobsAsync"/> goes by it.
/// </summary>
/// <param name="ahead">How far ahead of the true time it starts.</param>
public sealed class JobClock(TimeSpan ahead = default) : TimeProvider
{
    private long _ahead = ahead.Ticks;

    /// <summary>Moves the clock forward.</summary>
    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));
}
