using Microsoft.Extensions.Configuration;

namespace LittleService.AppHost.Servers;

/// <summary>Whether a container runtime answers, and which.</summary>
/// <param name="Program">Its command; null where none answers.</param>
/// <param name="Reason">What was found, as a part of a sentence.</param>
internal sealed record ContainerRuntime(string? Program, string Reason)
{
    private const string Setting = "ASPIRE_CONTAINER_RUNTIME";

    public static async Task<ContainerRuntime> FindAsync(IConfiguration configuration, TimeSpan limit)
    {
        string[] programs = configuration[Setting] is { Length: > 0 } chosen ? [chosen] : ["docker", "podman"];
        var results = await Task.WhenAll(programs.Select(program => Shell.RunAsync(limit, program, "info")));

        var answering = Array.FindIndex(results, result => result.Succeeded);
        if (answering < 0)
            return new ContainerRuntime(null, string.Join(", ", programs.Zip(results, (program, result) => $"{program} {result.Fault}")));

        // The orchestrator looks for one by itself; it must not find another than the one whose volumes and images are looked after here.
        configuration[Setting] = programs[answering];
        return new ContainerRuntime(programs[answering], $"{programs[answering]} answers");
    }

    public Task<ShellResult> RunAsync(TimeSpan limit, string[] arguments, CancellationToken cancellationToken = default) =>
        Shell.RunAsync(limit, Program!, arguments, cancellationToken);
}
