using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authorization;

namespace LittleService.Api.Accounts;

/// <summary>
/// Refuses changes that another site could have made a browser send. Forms carry a token, which the framework checks; programs that use the
/// cookie send it in a header. API keys need neither: no browser adds them by itself.
/// </summary>
public static class CsrfProtection
{
    /// <summary>The header in which programs that use the cookie send what a form would carry as a field.</summary>
    public const string Header = "X-CSRF-Token";

    public static void AddCsrfProtection(this WebApplicationBuilder builder)
    {
        builder.Services.AddAntiforgery(options =>
        {
            options.HeaderName = Header;
            options.Cookie.Name = Sessions.NameOf("antiforgery", builder.Environment);
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.Path = "/";
        });
        builder.Services.AddProblem(
            static e => e is AntiforgeryValidationException refused ? new(StatusCodes.Status400BadRequest, Reason(refused)) : null);
    }

    /// <summary>Call it after authentication.</summary>
    public static void UseCsrfProtection(this WebApplication app)
    {
        app.UseAntiforgery();
        app.Use(CheckAsync);
    }

    private static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        // The framework would send an empty 400: here it becomes a problem like any other.
        if (context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false, Error: { } error }) throw error;
        // Other requests with a cookie: checked here.
        if (ChangesSomething(context.Request.Method) && context.User.HasSession() && context.GetEndpoint()?.Metadata is { } metadata
            && metadata.GetMetadata<IAllowAnonymous>() is null && metadata.GetMetadata<IAntiforgeryMetadata>() is null)
            await context.RequestServices.GetRequiredService<IAntiforgery>().ValidateRequestAsync(context);

        await next(context);
    }

    private static bool ChangesSomething(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method) && !HttpMethods.IsTrace(method);

    private static string Reason(AntiforgeryValidationException refused) => refused.InnerException is InvalidDataException
        ? "The form holds characters that cannot be read."
        : "The form was not filled in on this site, or too long ago. Open its page again and send it from there.";
}
