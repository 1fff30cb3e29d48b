namespace LittleService.AppHost.Deployment.Targets;

/// <summary>What Compose and Swarm have in common: the engine, reached by its own client.</summary>
internal abstract class EngineTarget(DeploymentSettings settings) : IDeploymentTarget
{
    protected static readonly TimeSpan Glance = TimeSpan.FromSeconds(20);
    protected static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    public abstract bool MountsSecretFiles { get; }

    public string SecretsFolder => "secrets";

    /// <summary>The name of the project or stack.</summary>
    protected string Name { get; } = settings.Name;

    public virtual async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (!settings.HasServersOfItsOwn)
            throw new DeploymentException(
                $"The target {settings.Target} brings its own Postgres and Redis: unset ConnectionStrings__db and "
                + "ConnectionStrings__redis, or edit a copy of deploy/compose.yaml.");
        var engine = await Shell.RunAsync(Glance, "docker", ["version", "--format", "{{.Server.Version}}"], cancellationToken);
        if (!engine.Succeeded)
            throw new DeploymentException(
                $"No container engine answers (docker {engine.Fault}): start Docker, or point DOCKER_HOST to one.");
    }

    public abstract Task<string> ApplyAsync(DeploymentFiles files, CancellationToken cancellationToken);

    public abstract Task<string> RemoveAsync(DeploymentFiles files, CancellationToken cancellationToken);

    protected static async Task<string> DockerAsync(DeploymentFiles files, string[] arguments, CancellationToken cancellationToken)
    {
        var result = await Shell.RunAsync(Patience, "docker", arguments, cancellationToken, files.Variables);
        if (result.Succeeded)
            return result.Output;
        var reason = result.Errors.Length > 0 ? result.Errors.Split('\n')[^1] : result.Fault;
        throw new DeploymentException($"docker {string.Join(' ', arguments.TakeWhile(word => word[0] != '-'))} failed: {reason}");
    }

    protected static string AddressOf(DeploymentFiles files) =>
        $"{(files.Variables["TLS_CERTIFICATE"].Length > 0 ? "https" : "http")}://localhost:{files.Variables["PORT"]}";
}
