using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.StaticAssets;

namespace LittleService.Api.Accounts;

public static class AccountsExtensions
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        const string either = "CookieOrKey";
        builder.Services.AddSingleton(new PageLink("Keys", "/keys", Role.Reader));
        builder.Services.AddAccountStores();
        builder.Services.AddSingleton<Logins>();
        builder.Services.AddAuthentication(either)
            .AddPolicyScheme(either, displayName: null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddCookie(Sessions.Scheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, configureOptions: null);
        builder.Services.AddOptions<CookieAuthenticationOptions>(Sessions.Scheme).Configure<IHostEnvironment>(Sessions.Configure);
        Policies.Add(builder.Services.AddAuthorizationBuilder());
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, EndpointsOnly>();
        builder.AddCsrfProtection();
    }

    /// <summary>Signs in and checks the policies.</summary>
    public static void UseAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    // Static files need no user: reading the cookie would cost a query.
    private static string SchemeOf(HttpContext context) =>
        ApiKeyHandler.IsFor(context.Request) || context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            ? ApiKeyHandler.Name
            : Sessions.Scheme;
}
