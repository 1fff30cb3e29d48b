using System.Net;
using System.Security.Claims;
using LittleService.Data.Accounts;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>
/// The cookie of pages. It holds only a session token; the account is read from the database with every request, so that signing out,
/// disabling, a new password or another role take effect with the next request, in every replica.
/// </summary>
public sealed partial class Sessions(SessionStore store, AccountOptions options, ILogger<Sessions> log) : CookieAuthenticationEvents
{
    internal const string Token = "session";

    // What Identity calls the claim of its options.
    internal const string Stamp = "AspNet.Identity.SecurityStamp";

    public static string Scheme => IdentityConstants.ApplicationScheme;

    public static void Configure(CookieAuthenticationOptions options, IHostEnvironment environment)
    {
        ConfigureCookie(options, "session", environment);
        // Idleness is watched in the session's row.
        options.ExpireTimeSpan = SessionStore.Longest;
        options.SlidingExpiration = false;
        options.LoginPath = "/sign-in";
        options.ReturnUrlParameter = "returnUrl";
        options.EventsType = typeof(Sessions);
    }

    /// <summary>What all cookies of signing in have in common.</summary>
    public static void ConfigureCookie(CookieAuthenticationOptions options, string name, IHostEnvironment environment)
    {
        options.Cookie.Name = NameOf(name, environment);
        options.Cookie.SecurePolicy = environment.IsDevelopment() ? CookieSecurePolicy.SameAsRequest : CookieSecurePolicy.Always;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.Path = "/";
    }

    /// <summary>
    /// Browsers take a cookie of this prefix only if it is Secure, for this host alone and for all paths; plain HTTP on a developer's
    /// machine cannot have it.
    /// </summary>
    public static string NameOf(string cookie, IHostEnvironment environment) => environment.IsDevelopment() ? cookie : $"__Host-{cookie}";

    /// <summary>Starts a new session, against session fixation.</summary>
    public override async Task SigningIn(CookieSigningInContext context)
    {
        var (user, http) = (context.Principal!, context.HttpContext);
        await EndAsync(http);
        var caller = user.ToCaller();
        var token = await store.StartAsync(caller.AccountId, caller.Stamp, http.RequestAborted) ?? throw new SessionRefusedException();
        LogStarted(caller.AccountId, http.Connection.RemoteIpAddress);
        context.Principal = new(new ClaimsIdentity([new(Token, Convert.ToBase64String(token))], Scheme));
    }

    public override Task SigningOut(CookieSigningOutContext context) => EndAsync(context.HttpContext);

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        var (token, stop) = (context.Principal?.FindFirst(Token), context.HttpContext.RequestAborted);
        if (token is not null && await store.FindAsync(Convert.FromBase64String(token.Value), stop) is { } caller)
        {
            var user = caller.ToPrincipal(Scheme);
            ((ClaimsIdentity)user.Identity!).AddClaim(token);
            if (PageToComplete(caller) is { } page) ((ClaimsIdentity)user.Identity!).AddClaim(new(CallerClaims.ToComplete, page));
            context.ReplacePrincipal(user);
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context) =>
        StatusAsync(context, StatusCodes.Status403Forbidden);

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) =>
        context.Request.Path.StartsWithSegments("/api")
            ? StatusAsync(context, StatusCodes.Status401Unauthorized) : base.RedirectToLogin(context);

    private string? PageToComplete(Caller caller) => caller switch
    {
        { PasswordTemporary: true } => "/account",
        { PasswordAlone: true } when options.RequireSecondFactor => "/account/second-factor",
        _ => null,
    };

    private Task EndAsync(HttpContext context) => context.User.FindFirstValue(Token) is { } token
        ? store.EndAsync(Convert.FromBase64String(token), context.RequestAborted) : Task.CompletedTask;

    private static Task StatusAsync(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    [LoggerMessage(LogLevel.Information, "Account {Account} signed in from {Address}")]
    private partial void LogStarted(Guid account, IPAddress? address);
}

/// <summary>The account was changed or disabled between the check of a sign-in and its session.</summary>
public sealed class SessionRefusedException() : Exception("The account was changed meanwhile. Sign in again.")
{
    public static Problem? ProblemOf(Exception exception) =>
        exception is SessionRefusedException refused ? new(StatusCodes.Status409Conflict, refused.Message) : null;
}
