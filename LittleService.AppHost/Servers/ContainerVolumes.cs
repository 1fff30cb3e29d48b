using LittleService.AppHost.LocalServers;
using LittleService.ServiceDefaults;

namespace LittleService.AppHost.Servers;

/// <summary>The volumes that keep the data of both servers: one set per data folder, since each has passwords of its own.</summary>
internal sealed class ContainerVolumes(ContainerRuntime runtime, string dataFolder)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private string[] All => [For(ResourceNames.Postgres), For(ResourceNames.Redis)];

    private string Names => string.Join(" and ", All);

    public string For(string server) => $"littleservice-{DataFolder.Hash(dataFolder)}-{server}";

    /// <summary>
    /// Waits until no container writes to these volumes. The containers of an app host that was stopped a moment ago outlive it by some
    /// seconds, and two Postgres containers on one volume do not see each other: they would destroy the data.
    /// </summary>
    /// <exception cref="StartException">A container keeps one of them.</exception>
    public async Task WaitUntilFreeAsync()
    {
        string[] command = ["ps", "--format", "{{.Names}}", .. All.SelectMany(volume => new[] { "--filter", $"volume={volume}" })];
        var containers = await RepeatAsync(async () => (await runtime.RunAsync(Limit, command)).Output);
        if (containers.Length > 0)
        {
            throw new StartException($"The volumes {Names} are in use by the containers {containers.ReplaceLineEndings(" and ")}: "
                + "stop these, or choose other volumes with --DataFolder=….");
        }
    }

    /// <summary>Removes what is there of them. A container that has stopped already keeps them until it is removed itself.</summary>
    /// <exception cref="StartException">One could not be removed.</exception>
    public async Task RemoveAsync()
    {
        var reason = await RepeatAsync(async () => await runtime.RunAsync(Limit, ["volume", "rm", "--force", .. All]) switch
        {
            { Succeeded: true } => "",
            var failed => failed.Errors.Length > 0 ? failed.Errors : $"{runtime.Program} {failed.Fault}",
        });
        if (reason.Length > 0)
            throw new StartException($"The volumes {Names} cannot be removed: {reason}");
    }

    /// <summary>Polls until nothing uses the volumes; otherwise returns what does.</summary>
    private static async Task<string> RepeatAsync(Func<Task<string>> findObstacle)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var obstacle = await findObstacle();
            if (obstacle.Length == 0 || TimeProvider.System.GetElapsedTime(begin) > Patience)
                return obstacle;
            await Task.Delay(Pause);
        }
    }
}
