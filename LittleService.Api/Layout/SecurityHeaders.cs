using Microsoft.Extensions.Primitives;

namespace LittleService.Api.Layout;

/// <summary>
/// Tells browsers what our answers may do, and caches to keep nothing that was made for one person. It stands outside of the whole
/// pipeline, so that probes, files, redirects and errors carry the headers too; they are set when the answer starts, since an error clears
/// what was set before.
/// </summary>
public sealed class SecurityHeaders(IHostEnvironment environment) : IStartupFilter
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

    private const string PermissionsPolicy = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()";

    private static readonly StringValues OneYear = "max-age=31536000";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        Func<object, Task> add = AddAll;
        app.Use((context, rest) =>
        {
            context.Response.OnStarting(add, context);
            return rest(context);
        });
        next(app);
    };

    private Task AddAll(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (context.User.Identity is { IsAuthenticated: true } && StringValues.IsNullOrEmpty(headers.CacheControl))
            headers.CacheControl = "no-store";
        // Over plain HTTP browsers ignore it; behind a proxy that ends TLS the scheme is that of the forwarded headers.
        if (context.Request.IsHttps && !environment.IsDevelopment()) headers.StrictTransportSecurity = OneYear;
        return Task.CompletedTask;
    }
}
