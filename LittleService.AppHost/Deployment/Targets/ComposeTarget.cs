using LittleService.ServiceDefaults;

namespace LittleService.AppHost.Deployment.Targets;

/// <summary>One machine, by Compose.</summary>
internal sealed class ComposeTarget(DeploymentSettings settings) : EngineTarget(settings)
{
    public override bool MountsSecretFiles => true;

    public override async Task CheckAsync(CancellationToken cancellationToken)
    {
        await base.CheckAsync(cancellationToken);
        var compose = await Shell.RunAsync(Glance, "docker", ["compose", "version"], cancellationToken);
        if (!compose.Succeeded)
            throw new DeploymentException("This docker has no Compose: install its plug-in (docker-compose-plugin), version 2 or newer.");
    }

    public override async Task<string> ApplyAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        await DockerAsync(files, [.. Compose(files), "config", "--quiet"], cancellationToken);
        // Named one by one: with --wait, Compose takes the end of the migration for a failure where it is told to wait for that too.
        await DockerAsync(files, [.. Compose(files), "up", "--detach", "--wait", "--wait-timeout", "300", "--remove-orphans", "proxy",
            ResourceNames.Api, ResourceNames.Worker], cancellationToken);
        return $"{AddressOf(files)}, project {Name} of Compose; its secrets are in {files.Secrets}";
    }

    public override async Task<string> RemoveAsync(DeploymentFiles files, CancellationToken cancellationToken)
    {
        await DockerAsync(files, [.. Compose(files), "down", "--remove-orphans"], cancellationToken);
        return $"containers and networks; left are the volumes {Name}_postgres and {Name}_redis (docker volume rm deletes them)";
    }

    private string[] Compose(DeploymentFiles files) =>
        ["compose", "--project-name", Name, "--file", files.PathOf("compose.yaml"), "--file", files.PathOf("compose.override.yaml")];
}
