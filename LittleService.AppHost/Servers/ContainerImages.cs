namespace LittleService.AppHost.Servers;

internal static class ContainerImages
{
    private static readonly TimeSpan InspectLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PullLimit = TimeSpan.FromMinutes(15);

    /// <summary>
    /// Pulls the images that are missing before anything starts. Left to the orchestrator, one that cannot be pulled is retried for ever:
    /// no resource starts, without a reason.
    /// </summary>
    public static void PullImagesBeforeStart(this IDistributedApplicationBuilder builder, ContainerRuntime runtime) =>
        builder.OnBeforeStart((start, cancellationToken) =>
            Task.WhenAll(Images(start.Model).Select(image => PullAsync(runtime, image, cancellationToken))));

    private static IEnumerable<string> Images(DistributedApplicationModel model)
    {
        foreach (var container in model.GetContainerResources())
            if (container.TryGetContainerImageName(out var image))
                yield return image;
    }

    /// <exception cref="StartException">It is missing and cannot be had.</exception>
    private static async Task PullAsync(ContainerRuntime runtime, string image, CancellationToken cancellationToken)
    {
        var inspection = await runtime.RunAsync(InspectLimit, ["image", "inspect", image], cancellationToken);
        if (inspection.Succeeded)
            return;

        Console.WriteLine($"Servers: {runtime.Program} pulls {image}, which may take some minutes.");
        var pull = await runtime.RunAsync(PullLimit, ["pull", "--quiet", image], cancellationToken);
        if (!pull.Succeeded)
        {
            throw new StartException($"{runtime.Program} cannot pull {image} ({Reason(pull)}): get that image by {runtime.Program} pull or "
                + "load, or start with --Servers=local.");
        }
    }

    private static string Reason(ShellResult pull) => pull.Errors.Length > 0 ? pull.Errors.Split('\n')[^1] : pull.Fault;
}
