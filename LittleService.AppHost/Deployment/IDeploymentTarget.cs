namespace LittleService.AppHost.Deployment;

/// <summary>Something that containers can be deployed to.</summary>
internal interface IDeploymentTarget
{
    /// <summary>Whether secrets are mounted from the files themselves, and so have to be readable for the user in the container.</summary>
    bool MountsSecretFiles { get; }

    /// <summary>Where the files of secrets lie, below the folder that is applied; a later deployment finds its passwords there.</summary>
    string SecretsFolder { get; }

    /// <summary>Throws where the target cannot be reached.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Applies what was written, and returns when the service is ready, with a sentence about where it is.</summary>
    Task<string> ApplyAsync(DeploymentFiles files, CancellationToken cancellationToken);

    /// <summary>Takes it away, and returns a sentence about what is left.</summary>
    Task<string> RemoveAsync(DeploymentFiles files, CancellationToken cancellationToken);
}
