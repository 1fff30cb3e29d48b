using System.Security.Claims;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace LittleService.Api.Accounts;

/// <summary>
/// The cookie of pages. It holds only a session token; the account is read from the database with every request, so that logout, disabling,
/// a new password or another role take effect with the next request, in every replica.
/// </summary>
public static class Sessions
{
    public const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;
    private const string Token = "session";

    public static void Configure(CookieAuthenticationOptions options, IHostEnvironment environment)
    {
        var development = environment.IsDevelopment();
        options.Cookie.Name = NameOf("session", environment);
        options.Cookie.SecurePolicy = development ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.Path = "/";
        // Idleness is watched in the session's row.
        options.ExpireTimeSpan = SessionStore.Longest;
        options.SlidingExpiration = false;
        options.LoginPath = "/login";
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnValidatePrincipal = ValidateAsync;
        options.Events.OnRedirectToAccessDenied = context => StatusAsync(context, StatusCodes.Status403Forbidden);
        var toLogin = options.Events.OnRedirectToLogin;
        options.Events.OnRedirectToLogin = context =>
            context.Request.Path.StartsWithSegments("/api") ? StatusAsync(context, StatusCodes.Status401Unauthorized) : toLogin(context);
    }

    /// <summary>
    /// Browsers take a cookie of this prefix only if it is Secure, for this host alone and for all paths; plain HTTP on a developer's
    /// machine cannot have it.
    /// </summary>
    public static string NameOf(string cookie, IHostEnvironment environment) => environment.IsDevelopment() ? cookie : $"__Host-{cookie}";

    /// <summary>Starts a new session, against session fixation.</summary>
    public static async Task SignInAsync(this HttpContext context, Guid account)
    {
        await context.EndSessionAsync();
        var token = await context.RequestServices.GetRequiredService<SessionStore>().StartAsync(account, context.RequestAborted);
        await context.SignInAsync(Scheme, new(new ClaimsIdentity([new(Token, Convert.ToBase64String(token))], Scheme)));
    }

    public static async Task SignOutAsync(this HttpContext context)
    {
        await context.EndSessionAsync();
        await context.SignOutAsync(Scheme);
    }

    /// <summary>Whether the user signed in with a session rather than a key.</summary>
    public static bool HasSession(this ClaimsPrincipal user) => user.HasClaim(static claim => claim.Type == Token);

    private static async Task EndSessionAsync(this HttpContext context)
    {
        if (context.User.FindFirstValue(Token) is { } token)
            await context.RequestServices.GetRequiredService<SessionStore>()
                .EndAsync(Convert.FromBase64String(token), context.RequestAborted);
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var token = context.Principal?.FindFirst(Token);
        var store = context.HttpContext.RequestServices.GetRequiredService<SessionStore>();
        if (token is not null
            && await store.FindAsync(Convert.FromBase64String(token.Value), context.HttpContext.RequestAborted) is { } caller)
        {
            var user = caller.ToPrincipal(Scheme);
            ((ClaimsIdentity)user.Identity!).AddClaim(token);
            context.ReplacePrincipal(user);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }

    private static Task StatusAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }
}
