namespace AspireStandIn.Tests;

/// <summary>Recordings that may lie in a folder <c>shared</c> beside the repository.</summary>
internal static class Shared
{
    /// <summary>The path of the file, or null where it is not there.</summary>
    public static string? Find(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "LittleService.sln")))
            folder = folder.Parent;
        var path = Path.Combine(folder?.FullName ?? "", "..", "shared", file);
        return folder is not null && File.Exists(path) ? path : null;
    }
}
