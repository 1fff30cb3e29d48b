namespace Aspire.Hosting.ApplicationModel;

/// <summary>How the resource is written to the manifest, where that is not as its type is.</summary>
public class ManifestPublishingCallbackAnnotation : IResourceAnnotation
{
    private ManifestPublishingCallbackAnnotation()
    {
    }

    /// <summary>It is not written.</summary>
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new();
}
