using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Instrumentation.AspNetCore;

namespace LittleService.ServiceDefaults;

/// <summary>What the spans of requests say, and which requests have none.</summary>
internal static class RequestTracing
{
    public static void AddRequestTracing(this IServiceCollection services)
    {
        // .NET sends and reads trace headers by itself. With the default propagator the instrumentation would add them to every request
        // once more, also where a client has turned them off because strangers get its requests.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        services.AddOptions<AspNetCoreTraceInstrumentationOptions>().Configure<IOptions<RequestTracingOptions>>((spans, tracing) =>
        {
            PathString[] ignored = [.. tracing.Value.IgnoredPaths];
            spans.Filter = context => !ignored.Any(path => context.Request.Path.StartsWithSegments(path));
            // It may carry tokens, and only values that follow a "=" are redacted.
            spans.EnrichWithHttpRequest = (span, _) => span.SetTag("url.query", null);
            spans.EnrichWithHttpResponse = SetErrorType;
        });
    }

    // The instrumentation sees exceptions only where nothing has handled them, and else gives the status.
    private static void SetErrorType(Activity span, HttpResponse response)
    {
        if (response.StatusCode < StatusCodes.Status500InternalServerError) return;
        if (response.HttpContext.Features.Get<IExceptionHandlerFeature>() is { } handled)
            span.SetTag("error.type", handled.Error.GetType().FullName);
    }
}
