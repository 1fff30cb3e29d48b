namespace LittleService.AppHost.LocalServers;

/// <summary>Whether a container runtime answers, and which.</summary>
/// <param name="Program">Its command; null where none answers.</param>
/// <param name="Reason">What was found, as a part of a sentence.</param>
internal sealed record ContainerRuntime(string? Program, string Reason)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2.5);

    public static async Task<ContainerRuntime> FindAsync(IConfiguration configuration)
    {
        string[] programs = configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } chosen ? [chosen] : ["docker", "podman"];
        var results = await Task.WhenAll(programs.Select(program => Shell.RunAsync(Limit, program, "info")));

        var answering = Array.FindIndex(results, result => result.Succeeded);
        return answering >= 0
            ? new ContainerRuntime(programs[answering], $"{programs[answering]} answers")
            : new ContainerRuntime(null, string.Join(", ", programs.Zip(results, (program, result) => $"{program} {result.Fault}")));
    }
}
