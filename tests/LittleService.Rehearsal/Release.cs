using System.Diagnostics;

namespace LittleService.Rehearsal;

/// <summary>The programs of one version of the service.</summary>
/// <param name="Source">
/// The folder that holds the published api in <c>api/</c> and the worker in <c>worker/</c>; where images are deployed, it is their tag, the commit.
/// </param>
internal sealed record Release(string Source)
{
    public string Api => Path.Combine(Source, "api", "LittleService.Api.dll");

    public string Worker => Path.Combine(Source, "worker", "LittleService.Worker.dll");

    /// <summary>The commit that it was built from, if its programs say so.</summary>
    public string Version => !Directory.Exists(Source) ? Source[..Math.Min(7, Source.Length)] : FileVersionInfo.GetVersionInfo(Api).ProductVersion?.Split('+') is [_, { Length: > 7 } commit] ? commit[..7] : "unknown";
}
