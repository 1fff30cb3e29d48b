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
        builder.Services.AddSingleton<ApiKeyStore>();
        builder.Services.AddAuthentication(either)
            .AddPolicyScheme(either, displayName: null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddCookie()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, configureOptions: null);
        Policies.Add(builder.Services.AddAuthorizationBuilder());
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, EndpointsOnly>();
    }

    public static void UseAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    // A stylesheet is the same for all, so nobody is asked for: the cookie would cost a look into the database.
    private static string SchemeOf(HttpContext context) =>
        ApiKeyHandler.IsFor(context.Request) || context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            ? ApiKeyHandler.Name
            : CookieAuthenticationDefaults.AuthenticationScheme;
}
