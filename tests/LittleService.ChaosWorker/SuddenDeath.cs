using System.Diagnostics;

namespace LittleService.ChaosWorker;

/// <summary>Kills this process, as kill -9 does, at a moment that no signal from outside can hit.</summary>
internal static class SuddenDeath
{
    /// <summary>Right after Postgres has answered the first statement that contains <paramref name="statement"/>.</summary>
    public static void After(string statement) => ActivitySource.AddActivityListener(new()
    {
        ShouldListenTo = static source => source.Name == "Npgsql",
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = activity =>
        {
            if (activity.TagObjects.Any(tag => tag.Value is string text && text.Contains(statement, StringComparison.Ordinal)))
                Process.GetCurrentProcess().Kill();
        },
    });
}
