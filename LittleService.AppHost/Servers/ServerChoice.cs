using LittleService.AppHost.LocalServers;
using LittleService.ServiceDefaults;

namespace LittleService.AppHost.Servers;

/// <summary>Chooses where Postgres and Redis come from.</summary>
public static class ServerChoice
{
    // How long a runtime may take to answer: one that was asked for may be busy, else processes start in the meantime.
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Chooses by the setting <c>Servers</c> (auto, containers, local), and says in one line what was chosen and why. What is published is
    /// always containers. The choice is made before the application is built: a container without a runtime would be waited for.
    /// </summary>
    /// <exception cref="StartException">What was asked for cannot be had.</exception>
    public static async Task<ServerProvider> ChooseServersAsync(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return new ContainerServers(builder, server => $"littleservice-{server}");

        var postgres = !ServerProvider.IsFromOutside(builder.Configuration, ResourceNames.Database);
        var redis = !ServerProvider.IsFromOutside(builder.Configuration, ResourceNames.Redis);
        if (!postgres && !redis)
        {
            Say("none started, since ConnectionStrings__db and ConnectionStrings__redis are set.");
            SayWithoutTools(builder);
            return new ContainerServers(builder, server => server);
        }

        var mode = builder.Configuration["Servers"] is { Length: > 0 } chosen ? chosen.ToLowerInvariant() : "auto";
        if (mode == "local")
            return await UseProcessesAsync(builder, postgres, redis, "since Servers=local");
        if (mode is not ("auto" or "containers"))
            throw new StartException($"The setting Servers is '{mode}'; it may be auto, containers or local.");

        var runtime = await ContainerRuntime.FindAsync(builder.Configuration, mode == "auto" ? Glance : Patience);
        if (runtime.Program is not null)
            return await UseContainersAsync(builder, runtime);
        if (mode == "containers")
            throw new StartException($"Servers=containers, but no container runtime answers: {runtime.Reason}.");
        return await UseProcessesAsync(builder, postgres, redis, $"since no container runtime answers ({runtime.Reason})");
    }

    private static async Task<ContainerServers> UseContainersAsync(IDistributedApplicationBuilder builder, ContainerRuntime runtime)
    {
        var folder = DataFolder.Wanted(builder);
        DataFolder.Hold(builder, folder);
        var volumes = new ContainerVolumes(runtime, folder);
        await volumes.WaitUntilFreeAsync();
        if (DataFolder.IsToBeReset(builder))
            await volumes.RemoveAsync();

        builder.PullImagesBeforeStart(runtime);
        Say($"containers, since {runtime.Reason}.");
        return new ContainerServers(builder, volumes.For);
    }

    private static async Task<ProcessServers> UseProcessesAsync(
        IDistributedApplicationBuilder builder, bool postgres, bool redis, string reason)
    {
        if (OperatingSystem.IsWindows())
            throw new StartException($"Local servers need a Unix shell, and containers are not used {reason}: start Docker or Podman.");

        var found = ServerPrograms.Find(postgres, redis);
        var data = await DataFolder.OpenAsync(builder);
        var programs = await found.ForDataAsync(data.For(ResourceNames.Postgres));
        var user = data.User is null ? "" : $" of the user {data.User}";
        Say($"local processes{user}, {reason}; data in {data.Root}{data.Reason}.");
        SayWithoutTools(builder);
        return new ProcessServers(builder, data, programs);
    }

    private static void SayWithoutTools(IDistributedApplicationBuilder builder)
    {
        if (builder.HasTools())
            Say("Tools=true adds nothing, since pgAdmin and RedisInsight run as containers beside servers that are containers.");
    }

    private static void Say(string choice) => Console.WriteLine($"Servers: {choice}");
}
