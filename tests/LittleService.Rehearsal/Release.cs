using System.Diagnostics;

namespace LittleService.Rehearsal;

/// <summary>The programs of one version of the service.</summary>
/// <param name="Folder">
/// Holds the published api in <c>api/</c> and the worker in <c>worker/</c>; where images are deployed, it is their tag, the commit.
/// </param>
internal sealed record Release(string Folder)
{
    public string Api => Path.Combine(Folder, "api", "LittleService.Api.dll");

    public string Worker => Path.Combine(Folder, "worker", "LittleService.Worker.dll");

    /// <summary>The commit that it was built from, if its programs say so.</summary>
    public string Version => !Directory.Exists(Folder) ? Folder[..Math.Min(7, Folder.Length)] : FileVersionInfo.GetVersionInfo(Api).ProductVersion?.Split('+') is [_, { Length: > 7 } commit] ? commit[..7] : "unknown";
}
