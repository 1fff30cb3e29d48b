using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.StaticAssets;

namespace LittleService.Api.Accounts;

public static class AccountsExtensions
{
    /// <summary>The header in which programs that use the cookie send what a form would carry as a field.</summary>
    public const string CsrfHeader = "X-CSRF-Token";

    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        const string either = "CookieOrKey";
        builder.Services.AddSingleton(new PageLink("Keys", "/keys", Role.Reader));
        builder.Services.AddSingleton<Logins>();
        builder.Services.AddAuthentication(either)
            .AddPolicyScheme(either, displayName: null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddCookie(Sessions.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, configureOptions: null);
        builder.Services.AddOptions<CookieAuthenticationOptions>(Sessions.Scheme).Configure<IHostEnvironment>(Sessions.Configure);
        Policies.Add(builder.Services.AddAuthorizationBuilder());
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, EndpointsOnly>();
        builder.Services.AddAntiforgery(options =>
        {
            options.HeaderName = CsrfHeader;
            options.Cookie.Name = Sessions.NameOf("antiforgery", builder.Environment);
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.Path = "/";
        });
    }

    /// <summary>Signs in, checks the policies, and refuses changes that another site could have made a browser send.</summary>
    public static void UseAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(CheckOriginAsync);
    }

    // Forms are checked by the framework; this is for everything else that a cookie opens.
    private static async Task CheckOriginAsync(HttpContext context, RequestDelegate next)
    {
        if (ChangesSomething(context.Request.Method) && context.User.HasSession() && context.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<IAllowAnonymous>() is null && metadata.GetMetadata<IAntiforgeryMetadata>() is null)
        {
            await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);
        }

        await next(context);
    }

    private static bool ChangesSomething(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method) && !HttpMethods.IsTrace(method);

    // A stylesheet is the same for all, so nobody is asked for: the cookie would cost a look into the database.
    private static string SchemeOf(HttpContext context) =>
        ApiKeyHandler.IsFor(context.Request) || context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            ? ApiKeyHandler.Name
            : Sessions.Scheme;
}
