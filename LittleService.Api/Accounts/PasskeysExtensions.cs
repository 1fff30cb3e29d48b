using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace LittleService.Api.Accounts;

/// <summary>
/// The challenges of passkeys, for <c>passkeys.js</c>; the pages check what the browser signed. The domain is that of the request, or the
/// setting <c>Accounts:Passkeys:ServerDomain</c>; the origins are the request's, or those of <c>Accounts:Passkeys:Origins</c>.
/// </summary>
public static class PasskeysExtensions
{
    /// <summary>Why the service must not start with these settings, in one sentence; null where they are fine.</summary>
    public static string? ConfigurationError(IConfiguration configuration)
    {
        var origins = OriginsOf(configuration);
        if (origins.FirstOrDefault(static origin => OriginOf(origin) is null) is { } wrong)
            return $"Accounts:Passkeys:Origins holds '{wrong}', which is no origin: write it like https://shop.example.org.";
        return configuration["Accounts:Passkeys:ServerDomain"] is { Length: > 0 } && origins.Length == 0
            ? "Accounts:Passkeys:ServerDomain holds for every host below it: name those of this service in Accounts:Passkeys:Origins, such "
                + "as https://shop.example.org."
            : null;
    }

    public static void AddPasskeys(this WebApplicationBuilder builder)
    {
        string?[] origins = [.. OriginsOf(builder.Configuration).Select(OriginOf)];
        builder.Services.Configure<IdentityPasskeyOptions>(passkeys =>
        {
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
            passkeys.ValidateOrigin = context => ValueTask.FromResult(IsOurs(context, origins));
            builder.Configuration.GetSection("Accounts:Passkeys").Bind(passkeys);
        });
    }

    public static void MapPasskeys(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-in/passkey", BeginSignInAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/account/passkeys/challenge", BeginAddingAsync).RequireAuthorization(Policies.Session).ExcludeFromDescription();
    }

    private static string[] OriginsOf(IConfiguration configuration) =>
        configuration.GetSection("Accounts:Passkeys:Origins").Get<string[]>() ?? [];

    // As a browser writes it: lower case, without the port that the scheme implies and without a slash at the end.
    private static string? OriginOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var origin) && origin.Scheme is "https" or "http" && origin.PathAndQuery == "/"
            ? origin.GetLeftPart(UriPartial.Authority) : null;

    // Behind a proxy that ends TLS the scheme of the request may be http: only the host has to be ours.
    private static bool IsOurs(PasskeyOriginValidationContext context, string?[] origins)
    {
        if (context.CrossOrigin || !Uri.TryCreate(context.Origin, UriKind.Absolute, out var origin)) return false;
        if (origins.Length > 0) return origins.Contains(context.Origin, StringComparer.Ordinal);
        return (origin.Scheme == Uri.UriSchemeHttps || origin.IsLoopback) && origin.Authority == context.HttpContext.Request.Host.Value;
    }

    // Of nobody: the passkey says whose it is.
    private static async Task<ContentHttpResult> BeginSignInAsync(SignInManager<Account> signIn) =>
        Json(await signIn.MakePasskeyRequestOptionsAsync(user: null));

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> BeginAddingAsync(
        [FromForm(Name = "Form.Password")] string? password, [FromForm(Name = "Form.Code")] string? code, HttpContext http,
        SignInManager<Account> signIn, SignInAttempts attempts)
    {
        if (await signIn.UserManager.GetUserAsync(http.User) is not { HasPassword: true } account)
            return TypedResults.Problem("This account signs in with its provider.", statusCode: StatusCodes.Status400BadRequest);
        var proof = await attempts.ProveAsync(http, account, password, code);
        if (!proof.Succeeded)
            return TypedResults.Problem(proof.Refuse(http.Response, SignInOutcome.Wrong), statusCode: http.Response.StatusCode);
        var entity = new PasskeyUserEntity { Id = account.Id.ToString(), Name = account.Name, DisplayName = account.Name };
        return Json(await signIn.MakePasskeyCreationOptionsAsync(entity));
    }

    private static ContentHttpResult Json(string options) => TypedResults.Text(options, "application/json");
}
