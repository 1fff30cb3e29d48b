using System.ComponentModel.DataAnnotations;
using LittleService.Api.Http;
using LittleService.Api.Text;
using LittleService.Data.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;

namespace LittleService.Api.Accounts;

/// <summary>A key to make. It does at most what its owner may.</summary>
public sealed record NewApiKey(
    [Required, Characters(100), StorableText, Name] string Name,
    [AllowedValues(Policies.Reader, Policies.Writer, Policies.Admin)] string Role = Policies.Reader,
    [Range(1, NewApiKey.MostDays)] int Days = 90)
{
    public const int MostDays = 365;
}

/// <summary>A key in full, shown this once.</summary>
public sealed record NewSecret(string Id, string Key);

/// <summary>Who is signed in. With a cookie, requests that change something carry <c>Csrf</c> in the header <c>X-CSRF-Token</c>.</summary>
public sealed record SessionView(string Name, string Role, string? Csrf);

public static class ApiKeysEndpoints
{
    public static void MapApiKeys(this IEndpointRouteBuilder app)
    {
        app.MapPost("/sign-out", SignOutAsync).RequireAuthorization(Policies.Session).ExcludeFromDescription();
        app.MapGet("/api/session", GetSession).WithName("GetSession").RequireAuthorization(Policies.Reader).WithTags("Session")
            .WithSummary("Who is signed in.").ProducesProblems(401, 503);
        var keys = app.MapGroup("/api/keys").WithTags("Keys").RequireAuthorization(Policies.Reader);
        keys.MapGet("/", ListAsync).WithName("ListKeys").WithSummary("Your keys, without their secrets.").ProducesProblems(401, 429, 503);
        keys.MapPost("/", AddAsync).WithName("AddKey").WithSummary("Makes a key. Its secret is in this response and in no other.")
            .ProducesProblems(400, 401, 403, 413, 415, 429, 503);
        keys.MapPost("/{id}/rotate", RotateAsync).WithName("RotateKey").WithSummary("Gives a key a new secret; the old one ends at once.")
            .ProducesProblems(401, 404, 429, 503);
        keys.MapDelete("/{id}", RevokeAsync).WithName("RevokeKey").WithSummary("Ends a key at once.").ProducesProblems(401, 404, 429, 503);
    }

    private static async Task SignOutAsync(HttpContext http, SignInManager<Account> signIn)
    {
        await signIn.SignOutAsync();
        if (!await ProviderSignIn.TrySignOutAsync(http)) http.Response.Redirect("/");
    }

    private static Ok<SessionView> GetSession(HttpContext http, IAntiforgery antiforgery)
    {
        http.Response.Headers.CacheControl = "no-store";
        var caller = http.User.ToCaller();
        return TypedResults.Ok(
            new SessionView(
                caller.Name, caller.Role.Text(), http.User.HasSession() ? antiforgery.GetAndStoreTokens(http).RequestToken : null));
    }

    private static async Task<Ok<List<ApiKey>>> ListAsync(HttpContext http, ApiKeyStore keys) =>
        TypedResults.Ok(await keys.ListAsync(http.User.ToCaller().AccountId, http.RequestAborted));

    private static async Task<Results<Created<NewSecret>, ForbidHttpResult>> AddAsync(NewApiKey key, HttpContext http, ApiKeyStore keys)
    {
        var role = Roles.Parse(key.Role);
        if (!http.User.Has(role)) return TypedResults.Forbid();
        var made = await keys.AddAsync(http.User.ToCaller(), key.Name, role, TimeSpan.FromDays(key.Days), http.RequestAborted)
            ?? throw new SessionRefusedException();
        return TypedResults.Created($"/api/keys/{made.Id}", new NewSecret(made.Id, made.ToString()));
    }

    private static async Task<Results<Ok<NewSecret>, NotFound>> RotateAsync(string id, HttpContext http, ApiKeyStore keys) =>
        await keys.RotateAsync(http.User.ToCaller(), id, http.RequestAborted) is { } made
            ? TypedResults.Ok(new NewSecret(made.Id, made.ToString()))
            : TypedResults.NotFound();

    private static async Task<Results<NoContent, NotFound>> RevokeAsync(string id, HttpContext http, ApiKeyStore keys) =>
        await keys.RevokeAsync(http.User.ToCaller(), id, http.RequestAborted) ? TypedResults.NoContent() : TypedResults.NotFound();
}
