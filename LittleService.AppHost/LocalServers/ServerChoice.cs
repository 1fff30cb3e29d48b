using LittleService.ServiceDefaults;

namespace LittleService.AppHost.LocalServers;

public static class ServerChoice
{
    /// <summary>Chooses by the setting <c>Servers</c> (auto, containers, local), and says in one line what was chosen and why. What is published is always containers.</summary>
    public static async Task<Servers> ChooseServersAsync(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return new ContainerServers(builder, server => $"littleservice-{server}");

        var postgres = !Servers.IsFromOutside(builder.Configuration, ResourceNames.Database);
        var redis = !Servers.IsFromOutside(builder.Configuration, ResourceNames.Redis);
        if (!postgres && !redis)
        {
            Say("none started, since ConnectionStrings__db and ConnectionStrings__redis are set.");
            return new ContainerServers(builder, server => server);
        }

        var mode = builder.Configuration["Servers"] is { Length: > 0 } chosen ? chosen.ToLowerInvariant() : "auto";
        if (mode == "local")
            return await UseProcessesAsync(builder, postgres, redis, "since Servers=local");
        if (mode is not ("auto" or "containers"))
            throw Refusal.Because($"The setting Servers is '{mode}'; it may be auto, containers or local.");

        var runtime = await ContainerRuntime.FindAsync(builder.Configuration);
        if (runtime.Program is not null)
            return await UseContainersAsync(builder, runtime);
        if (mode == "containers")
            throw Refusal.Because($"Servers=containers, but no container runtime answers: {runtime.Reason}.");
        return await UseProcessesAsync(builder, postgres, redis, $"since no container runtime answers ({runtime.Reason})");
    }

    private static async Task<ContainerServers> UseContainersAsync(IDistributedApplicationBuilder builder, ContainerRuntime runtime)
    {
        // One set of volumes per clone (or chosen folder), since each has its own passwords.
        var clone = DataFolder.Hash(DataFolder.Wanted(builder));
        string Volume(string server) => $"littleservice-{clone}-{server}";

        if (DataFolder.IsToBeReset(builder))
            await Shell.RunAsync(TimeSpan.FromSeconds(30), runtime.Program!, "volume", "rm", "--force", Volume(ResourceNames.Postgres), Volume(ResourceNames.Redis));
        Say($"containers, since {runtime.Reason}.");
        return new ContainerServers(builder, Volume);
    }

    private static async Task<ProcessServers> UseProcessesAsync(IDistributedApplicationBuilder builder, bool postgres, bool redis, string reason)
    {
        if (OperatingSystem.IsWindows())
            throw Refusal.Because($"Local servers need a Unix shell, and containers are not used {reason}: start Docker or Podman.");

        var programs = ServerPrograms.Find(postgres, redis);
        var data = await DataFolder.OpenAsync(builder);
        Say($"local processes{(data.User is null ? "" : $" of the user {data.User}")}, {reason}; data in {data.Root}{data.Reason}.");
        return new ProcessServers(builder, data, programs);
    }

    private static void Say(string choice) => Console.WriteLine($"Servers: {choice}");
}
