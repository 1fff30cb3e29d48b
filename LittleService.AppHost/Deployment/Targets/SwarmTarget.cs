using LittleService.ServiceDefaults;

namespace LittleService.AppHost.Deployment.Targets;

/// <summary>One or more machines, by Swarm.</summary>
internal sealed class SwarmTarget(DeploymentSettings settings) : EngineTarget(settings)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly string[] Watched = [ResourceNames.Worker, ResourceNames.Api, "proxy"];

    public override bool MountsSecretFiles => false;

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        await base.CheckAsync(cancellationToken);
        var swarm = await Shell.RunAsync(Glance, "docker", ["info", "--format", "{{.Swarm.ControlAvailable}}"], cancellationToken);
        if (swarm.Output != "true")
            throw new DeploymentException(
                "This engine is no manager of a swarm: run docker swarm init, or set Parameters__deploy-target=compose.");
    }

    public override async Task<string> ApplyAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        await DockerAsync(files, ["stack", "deploy", "--with-registry-auth", "--prune", "--compose-file", files.PathOf("compose.yaml"),
            "--compose-file", files.PathOf("compose.swarm.yaml"), Name], cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        foreach (var service in Watched)
            await WaitAsync(files, $"{Name}_{service}", limit.Token);
        return $"{AddressOf(files)}, stack {Name} of Swarm";
    }

    public override async Task<string> RemoveAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        await DockerAsync(files, ["stack", "rm", Name], cancellationToken);
        // Swarm takes its time, and a deployment in the meantime would meet networks that vanish.
        string[] left = ["network", "ls", "--quiet", "--filter", $"label=com.docker.stack.namespace={Name}"];
        while ((await DockerAsync(files, left, cancellationToken)).Length > 0)
            await Task.Delay(Pause, cancellationToken);
        return $"services, networks and the swarm's secrets; "
            + $"left are the volumes {Name}_postgres and {Name}_redis (docker volume rm deletes them)";
    }

    private static async Task WaitAsync(DeploymentFiles files, string service, CancellationToken cancellationToken)
    {
        while (true)
        {
            const string state = "{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}";
            var update = await DockerAsync(files, ["service", "inspect", "--format", state, service],
                cancellationToken);
            if (update.StartsWith("rollback", StringComparison.Ordinal) || update == "paused")
                throw new DeploymentException(
                    $"The update of {service} failed and the version before it stays: docker service ps {service} says why.");
            string[] list = ["service", "ls", "--filter", $"name={service}", "--format", "{{.Replicas}}"];
            var replicas = await DockerAsync(files, list, cancellationToken);
            if (update is "" or "completed" && replicas.Split(' ')[0].Split('/') is [var running, var wanted] && running == wanted)
                return;
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
