namespace LittleService.AppHost.Deployment.Targets;
internal sealed class KubernetesTarget(DeploymentSettings settings) : IDeploymentTarget
{
    public bool MountsSecretFiles => false;
    public Task CheckAsync(CancellationToken cancellationToken) => throw new DeploymentException(settings.Target);
    public Task<string> ApplyAsync(DeploymentFiles files, CancellationToken cancellationToken) => throw new DeploymentException(settings.Target);
    public Task<string> RemoveAsync(DeploymentFiles files, CancellationToken cancellationToken) => throw new DeploymentException(settings.Target);
}
