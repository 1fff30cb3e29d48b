namespace LittleService.AppHostTests.Graphs;

/// <summary>How fast this machine is, by how long a graph took to start: promises in seconds are those of a machine that has nothing else to do.</summary>
/// <param name="Start">From the start to the api being healthy.</param>
public sealed record Pace(TimeSpan Start)
{
    private static readonly TimeSpan s_usual = TimeSpan.FromSeconds(12);

    public TimeSpan Stretch(TimeSpan promise) => Start > s_usual ? promise * (Start / s_usual) : promise;
}
