namespace LittleService.AppHost.Deployment;

/// <summary>A deployment cannot go on. The message is one sentence that says why and what to do.</summary>
internal sealed class DeploymentException(string message) : DistributedApplicationException(message);
