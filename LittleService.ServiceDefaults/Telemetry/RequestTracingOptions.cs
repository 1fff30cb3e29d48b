using Microsoft.AspNetCore.Http;

namespace LittleService.ServiceDefaults;

/// <summary>Which requests leave a trace.</summary>
public sealed class RequestTracingOptions
{
    /// <summary>
    /// Requests to these paths, and to what lies below them, leave none. The probes of <see cref="Extensions.MapDefaultEndpoints"/> are
    /// among them.
    /// </summary>
    public ICollection<PathString> IgnoredPaths { get; } = ["/alive", "/health"];
}
