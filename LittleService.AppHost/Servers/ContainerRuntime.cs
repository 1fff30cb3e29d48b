using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost.Servers;

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

    /// <summary>Removes what is there of these volumes; a container that still uses one stands in the way.</summary>
    /// <exception cref="StartException">A volume could not be removed.</exception>
    public async Task RemoveVolumesAsync(params string[] volumes)
    {
        var result = await Shell.RunAsync(TimeSpan.FromSeconds(30), Program!, ["volume", "rm", "--force", .. volumes]);
        if (!result.Succeeded)
            throw new StartException($"The volumes {string.Join(" and ", volumes)} cannot be removed: {result.Errors}");
    }
}
