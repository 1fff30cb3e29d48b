using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace LittleService.Api.Accounts;

/// <summary>Signing in with the identity provider of the team: OpenID Connect, authorization code with PKCE.</summary>
public static class ProviderSignIn
{
    /// <summary>What is said where the provider's response cannot be used, or the account is disabled.</summary>
    public const string Refused = "refused";

    public const string NoRole = "no-role";
    public const string LastAdmin = "last-admin";
    public const string Unavailable = "unavailable";

    public static void AddProviderSignIn(this WebApplicationBuilder builder)
    {
        var provider = ProviderOptions.Of(builder.Configuration);
        builder.Services.AddSingleton(provider);
        builder.Services.AddScoped<ProviderAccounts>();
        if (!provider.IsConfigured) return;
        builder.Services.AddAuthentication()
            .AddCookie(IdentityConstants.ExternalScheme, cookie =>
            {
                Sessions.ConfigureCookie(cookie, "provider", builder.Environment);
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            })
            .AddOpenIdConnect(options => Configure(options, provider));
    }

    public static void MapProviderSignIn(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<ProviderOptions>().IsConfigured) return;
        app.MapGet("/sign-in/provider", BeginAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/sign-in/provider/done", FinishAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The message of a failure; null where there is none.</summary>
    public static string? MessageOf(string? failure) => failure switch
    {
        Refused => "The identity provider did not sign you in, or your account here is disabled.",
        NoRole => "Your account at the identity provider has no role in this service. Ask who gives them there.",
        LastAdmin => "You are the last admin here, and the identity provider gives you another role now: let another admin sign in first.",
        Unavailable => "The identity provider does not respond. Try again.",
        _ => null,
    };

    /// <summary>Ends the session at the provider too, where it began there and the provider can.</summary>
    public static async Task<bool> TrySignOutAsync(HttpContext http)
    {
        if (await http.GetTokenAsync(OpenIdConnectParameterNames.IdToken) is null) return false;
        try
        {
            await http.SignOutAsync(OpenIdConnectDefaults.AuthenticationScheme, new() { RedirectUri = "/" });
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Configure(OpenIdConnectOptions options, ProviderOptions provider)
    {
        options.SignInScheme = IdentityConstants.ExternalScheme;
        options.SignOutScheme = Sessions.Scheme;
        (options.Authority, options.ClientId, options.ClientSecret) = (provider.Authority, provider.ClientId, provider.ClientSecret);
        options.RequireHttpsMetadata = !new Uri(provider.Authority!).IsLoopback;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.MapInboundClaims = false;
        // The id token alone is kept, in the cookie of the session: signing out at the provider takes it.
        options.SaveTokens = true;
        // A page of anybody could call the address that ends sessions here.
        options.RemoteSignOutPath = default;
        options.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect($"/sign-in?failure={Refused}");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static async Task BeginAsync(string? returnUrl, HttpContext http, SignInManager<Account> signIn)
    {
        const string scheme = OpenIdConnectDefaults.AuthenticationScheme;
        // A page of another site must not sign anybody in here: asking is left to the button.
        if (http.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            http.Response.Redirect(ReturnUrls.With("/sign-in", returnUrl));
            return;
        }

        var done = ReturnUrls.With("/sign-in/provider/done", returnUrl);
        try
        {
            await http.ChallengeAsync(scheme, signIn.ConfigureExternalAuthenticationProperties(scheme, done));
        }
        catch (InvalidOperationException)
        {
            http.Response.Redirect($"/sign-in?failure={Unavailable}");
        }
    }

    private static async Task FinishAsync(string? returnUrl, HttpContext http, SignInManager<Account> signIn, ProviderAccounts accounts)
    {
        var login = await signIn.GetExternalLoginInfoAsync();
        await http.SignOutAsync(IdentityConstants.ExternalScheme);
        var (account, failure) = login is null ? (null, Refused) : await accounts.GetAsync(login.Principal);
        if (account is null)
        {
            http.Response.Redirect($"/sign-in?failure={failure}");
            return;
        }

        var properties = new AuthenticationProperties();
        properties.StoreTokens(login!.AuthenticationTokens!.Where(static token => token.Name == OpenIdConnectParameterNames.IdToken));
        await signIn.SignInAsync(account, properties);
        http.Response.Redirect(ReturnUrls.Safe(returnUrl));
    }
}
