using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Says where the project behind a generated class of the namespace Projects lies.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>True when the project was built with the app host and must not be built again at start.</summary>
    bool SuppressBuild => false;
}
