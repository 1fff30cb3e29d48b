namespace Aspire.Hosting;

/// <summary>Where the project of a resource lies.</summary>
public interface IProjectMetadata
{
    /// <summary>The full path of the project file.</summary>
    string ProjectPath { get; }
    /// <summary>Whether the project is built already when the app host starts.</summary>
    bool SuppressBuild { get; }
}
