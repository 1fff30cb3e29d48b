using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace LittleService.ServiceDefaults;

/// <summary>The trace that a request belongs to.</summary>
public static class RequestTraces
{
    /// <summary>The bare trace id, which is what the dashboard searches for; the framework would give the whole traceparent.</summary>
    public static string TraceId(this HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}
