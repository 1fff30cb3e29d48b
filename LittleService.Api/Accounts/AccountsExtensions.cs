using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.StaticAssets;

namespace LittleService.Api.Accounts;

public static class AccountsExtensions
{
    private const string CookieOrKey = nameof(CookieOrKey);

    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PageLink("Keys", "/keys", Role.Reader));
        builder.Services.AddSingleton(builder.Configuration.GetSection(AccountOptions.Section).Get<AccountOptions>() ?? new());
        builder.Services.AddAccountStores();
        builder.AddSignIn();
        builder.AddPasskeys();
        builder.Services.AddAuthentication(CookieOrKey)
            .AddPolicyScheme(CookieOrKey, displayName: null, policy => policy.ForwardDefaultSelector = SchemeOf)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.Name, configureOptions: null)
            .AddCookie(Sessions.Scheme, cookie => Sessions.Configure(cookie, builder.Environment))
            .AddCookie(IdentityConstants.TwoFactorUserIdScheme, cookie =>
            {
                Sessions.ConfigureCookie(cookie, "second-step", builder.Environment);
                (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromMinutes(5), false);
                cookie.EventsType = typeof(SecondStepCookie);
            });
        builder.AddProviderSignIn();
        Policies.Add(builder.Services.AddAuthorizationBuilder());
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthorizationResults>();
        builder.AddCsrfProtection();
    }

    /// <summary>Signs in and checks the policies.</summary>
    public static void UseAccounts(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static void AddSignIn(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IUserClaimsPrincipalFactory<Account>, AccountClaims>();
        builder.Services.AddSingleton<IUserConfirmation<Account>, ActiveAccounts>();
        builder.Services.Configure<IdentityOptions>(static identity => identity.SignIn.RequireConfirmedAccount = true);
        new IdentityBuilder(typeof(Account), builder.Services).AddSignInManager();
        builder.Services.AddSingleton<Sessions>();
        builder.Services.AddSingleton<SecondStepCookie>();
        builder.Services.AddScoped<SignInAttempts>();
        builder.Services.AddProblem(SessionRefusedException.ProblemOf);
    }

    // Static files need no user: reading the cookie would cost a query.
    private static string SchemeOf(HttpContext context) =>
        ApiKeyHandler.IsFor(context.Request) || context.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null
            ? ApiKeyHandler.Name
            : Sessions.Scheme;
}
