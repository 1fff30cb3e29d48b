using Microsoft.Extensions.Primitives;

namespace LittleService.Api.Layout;

/// <summary>Security headers for browsers, and Cache-Control against storing personal responses.</summary>
public static class SecurityHeaders
{
    private const int OneYear = 31_536_000;

    public static void AddPageHeaders(this IServiceCollection services, IHostEnvironment environment, string? identityProvider) =>
        services.AddSecurityHeaderPolicies().SetDefaultPolicy(policy =>
        {
            policy.AddContentTypeOptionsNoSniff();
            policy.AddReferrerPolicySameOrigin();
            policy.AddCrossOriginOpenerPolicy(opener => opener.SameOrigin());
            policy.AddContentSecurityPolicy(content => AllowOwnFilesOnly(content, identityProvider));
            policy.AddPermissionsPolicy(AllowNoDevice);
            // Over plain HTTP browsers ignore it; behind a proxy that ends TLS the scheme is that of the forwarded headers.
            if (!environment.IsDevelopment()) policy.AddStrictTransportSecurity(OneYear, includeSubdomains: false, preload: false, []);
        });

    /// <summary>Call it first, so that probes, files, redirects and errors carry them too.</summary>
    public static void UsePageHeaders(this WebApplication app)
    {
        app.UseSecurityHeaders();
        Func<object, Task> keepNothing = KeepNothingOfOne;
        app.Use((context, next) =>
        {
            context.Response.OnStarting(keepNothing, context);
            return next(context);
        });
    }

    private static void AllowOwnFilesOnly(CspBuilder policy, string? identityProvider)
    {
        policy.AddDefaultSrc().None();
        policy.AddScriptSrc().Self();
        policy.AddStyleSrc().Self();
        policy.AddImgSrc().Self().Data();
        policy.AddConnectSrc().Self();
        var forms = policy.AddFormAction().Self();
        // Signing out leads on to the provider, and Chromium looks at where a form leads in the end.
        if (Uri.TryCreate(identityProvider, UriKind.Absolute, out var provider)) forms.From(provider.GetLeftPart(UriPartial.Authority));
        policy.AddBaseUri().None();
        policy.AddObjectSrc().None();
        policy.AddFrameAncestors().None();
    }

    // Only what current browsers know: they complain of any other name.
    private static void AllowNoDevice(PermissionsPolicyBuilder policy)
    {
        policy.AddCamera().None();
        policy.AddDisplayCapture().None();
        policy.AddGeolocation().None();
        policy.AddMicrophone().None();
        policy.AddPayment().None();
        policy.AddUsb().None();
    }

    private static Task KeepNothingOfOne(object state)
    {
        var context = (HttpContext)state;
        if (context.User.Identity is { IsAuthenticated: true } && StringValues.IsNullOrEmpty(context.Response.Headers.CacheControl))
            context.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
