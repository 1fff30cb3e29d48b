using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the manifest; run after BeforeStartEvent, nothing else was started. Throw DistributedApplicationException for faults.</summary>
internal sealed class ManifestPublisher(AppHost appHost)
{
    /// <param name="model">The resources.</param>
    /// <param name="outputPath">Absolute: a file where it ends in .json, else a folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task PublishAsync(DistributedApplicationModel model, string outputPath, CancellationToken cancellationToken) =>
        throw new DistributedApplicationException($"Publishing {model.Resources.Count} resources of {appHost.Name} to {outputPath} is not there yet.");
}
