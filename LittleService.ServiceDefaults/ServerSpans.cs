using System.Diagnostics;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace LittleService.ServiceDefaults;

/// <summary>Gives the span that ASP.NET Core opens for each request the name and the attributes of OpenTelemetry's conventions; .NET 10 sets none of them.</summary>
internal static class ServerSpans
{
    private static readonly HashSet<string> KnownMethods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY"];

    public static async Task Describe(HttpContext context, RequestDelegate next)
    {
        var span = context.Features.Get<IHttpActivityFeature>()?.Activity;
        if (span is not { IsAllDataRequested: true })
        {
            await next(context);
            return;
        }

        // Taken now, as the exception handler forgets the endpoint.
        var route = context.GetEndpoint()?.Metadata.GetMetadata<IRouteDiagnosticsMetadata>()?.Route;
        Begin(span, context.Request, route);
        try
        {
            await next(context);
        }
        finally
        {
            End(span, context);
        }
    }

    // The query is left out on purpose: it may carry tokens.
    private static void Begin(Activity span, HttpRequest request, string? route)
    {
        var known = KnownMethods.Contains(request.Method);
        span.DisplayName = route is null ? known ? request.Method : "HTTP" : $"{(known ? request.Method : "HTTP")} {route}";
        span.SetTag("http.request.method", known ? request.Method : "_OTHER");
        span.SetTag("url.scheme", request.Scheme);
        span.SetTag("url.path", request.Path.Value);
        span.SetTag("http.route", route);
        span.SetTag("server.address", request.Host.Host);
        span.SetTag("server.port", request.Host.Port);
        span.SetTag("network.protocol.version", request.Protocol is "HTTP/2" ? "2" : request.Protocol.Replace("HTTP/", "", StringComparison.Ordinal));
        span.SetTag("user_agent.original", request.Headers.UserAgent.Count == 0 ? null : request.Headers.UserAgent.ToString());
    }

    private static void End(Activity span, HttpContext context)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.response.status_code", status);
        if (status < 500)
            return;
        span.SetTag("error.type", context.Features.Get<IExceptionHandlerFeature>()?.Error.GetType().FullName ?? status.ToString());
        span.SetStatus(ActivityStatusCode.Error);
    }
}
