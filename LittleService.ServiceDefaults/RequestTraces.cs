using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LittleService.ServiceDefaults;

/// <summary>The trace that a request belongs to.</summary>
public static class RequestTraces
{
    /// <summary>The bare trace id, which is what the dashboard searches for; the framework would give the whole traceparent.</summary>
    public static string TraceId(this HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>Keeps the span of this request out of the export.</summary>
    public static void DropSpan(this HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } span)
            return;
        span.IsAllDataRequested = false;
        span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
