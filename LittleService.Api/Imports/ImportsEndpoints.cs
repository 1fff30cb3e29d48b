using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LittleService.Api.Accounts;
using LittleService.Data.Imports;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace LittleService.Api.Imports;

public static class ImportsEndpoints
{
    public static void AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ImportStore>();
        builder.Services.AddSingleton<ImportUploads>();
        builder.Services.AddSingleton<ImportFollower>();
    }

    public static void MapImports(this IEndpointRouteBuilder app)
    {
        var imports = app.MapGroup("/api/imports").WithTags("Imports").RequireAuthorization(Policies.Writer);
        imports.MapPost("/", PostAsync)
            .WithSummary("Takes a CSV file of items: name, quantity, description. The rows are added by a job.")
            .WithMetadata(new RequestSizeLimitAttribute(ImportUploads.Largest), new AcceptsMetadata(["text/csv"], typeof(Stream)));
        imports.MapGet("/", ListAsync).WithSummary("Your newest imports, without what was refused.");
        imports.MapGet("/{id:guid}", GetAsync).WithName("GetImport").WithSummary("One import, with the first rows that were refused.");
        imports.MapGet("/{id:guid}/events", FollowAsync).WithSummary("Tells how far an import is until it has ended, as server-sent events.");
        imports.MapPost("/{id:guid}/cancel", CancelAsync).WithSummary("Ends an import: row by row, what is added stays; else nothing is added.");
    }

    private static async Task<Results<AcceptedAtRoute<ImportView>, ValidationProblem, StatusCodeHttpResult>> PostAsync(
        HttpRequest request, ImportUploads uploads, ClaimsPrincipal user, CancellationToken cancellationToken,
        [AllowedValues(Import.RowByRow, Import.AllOrNothing)] string mode = Import.RowByRow)
    {
        // How large a compressed upload really is would be known only after it was inflated.
        if (request.Headers.ContentEncoding.Count > 0) return TypedResults.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var (import, problem) = await uploads.TakeAsync(request.Body, mode, user.ToCaller(), cancellationToken);
        if (import is null) return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["file"] = [problem!] });
        return TypedResults.AcceptedAtRoute(ImportView.From(import, []), "GetImport", new { id = import.Id });
    }

    private static async Task<Ok<List<ImportView>>> ListAsync(ImportStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var imports = await store.ListAsync(user.ToCaller().AccountId, cancellationToken);
        return TypedResults.Ok(imports.ConvertAll(import => ImportView.From(import, [])));
    }

    private static async Task<Results<Ok<ImportView>, NotFound>> GetAsync(
        Guid id, ImportFollower follower, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await follower.FindAsync(user.ToCaller().AccountId, id, cancellationToken) is { } import ? TypedResults.Ok(import) : TypedResults.NotFound();

    private static async Task<Results<ServerSentEventsResult<ImportView>, NotFound>> FollowAsync(
        Guid id, ImportFollower follower, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var owner = user.ToCaller().AccountId;
        if (await follower.FindAsync(owner, id, cancellationToken) is not { } import) return TypedResults.NotFound();
        return TypedResults.ServerSentEvents(follower.FollowAsync(owner, import, cancellationToken), "progress");
    }

    private static async Task<Results<Ok<ImportView>, NotFound, ProblemHttpResult>> CancelAsync(
        Guid id, ImportStore store, ImportFollower follower, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var owner = user.ToCaller().AccountId;
        var cancelled = await store.CancelAsync(owner, id, cancellationToken);
        if (await follower.FindAsync(owner, id, cancellationToken) is not { } import) return TypedResults.NotFound();
        return cancelled ? TypedResults.Ok(import) : TypedResults.Problem("The import has already ended.", statusCode: StatusCodes.Status409Conflict);
    }
}
