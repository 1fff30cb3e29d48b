using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using LittleService.Api.Accounts;
using LittleService.Api.Http;
using LittleService.Api.Layout;
using LittleService.Data.Accounts;
using LittleService.Data.Imports;
using LittleService.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace LittleService.Api.Imports;

public static class ImportsEndpoints
{
    public static void AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PageLink("Imports", "/imports", Role.Writer));
        builder.Services.AddImportStores();
        builder.Services.AddProblem(static e =>
            e is TooManyImportsException many ? new(StatusCodes.Status429TooManyRequests, many.Message, TimeSpan.FromSeconds(10)) : null);
        builder.Services.AddSingleton<ImportUploads>();
        builder.Services.AddSingleton<ImportPaging>();
        builder.Services.AddSingleton<ImportFollower>();
    }

    public static void MapImports(this IEndpointRouteBuilder app)
    {
        var imports = app.MapGroup("/api/imports").WithTags("Imports").RequireAuthorization(Policies.Writer);
        imports.MapPost("/", PostAsync).WithName("AddImport")
            .WithSummary("Takes a CSV file of items: name, quantity, description. The rows are added by a job.")
            .WithMetadata(new RequestSizeLimitAttribute(ImportUploads.Largest), new AcceptsMetadata(["text/csv"], typeof(Stream)))
            .ProducesProblems(400, 401, 403, 408, 413, 415, 429, 503)
            .WithRequestTimeout(BodyTimeouts.Upload);
        imports.MapGet("/", ListAsync).WithName("ListImports")
            .WithSummary("Your imports, the newest first, without the rows that were refused.").ProducesProblems(400, 401, 403, 429, 503);
        imports.MapGet("/{id:guid}", GetAsync).WithName("GetImport").WithSummary("One import, with the first rows that were refused.")
            .ProducesProblems(401, 403, 404, 429, 503);
        imports.MapGet("/{id:guid}/events", FollowAsync).WithName("FollowImport")
            .WithSummary("Tells how far an import is until it has ended, as server-sent events.").ProducesProblems(401, 403, 404, 429, 503);
        imports.MapPost("/{id:guid}/cancel", CancelAsync).WithName("CancelImport")
            .WithSummary("Ends an import: row by row, what is added stays; else nothing is added.")
            .ProducesProblems(401, 403, 404, 409, 429, 503);
    }

    private static async Task<Results<AcceptedAtRoute<ImportView>, ValidationProblem>> PostAsync(
        HttpRequest request, ImportUploads uploads, ClaimsPrincipal user, CancellationToken cancellationToken,
        [AllowedValues(Import.RowByRow, Import.AllOrNothing)] string mode = Import.RowByRow)
    {
        var (import, problem) = await uploads.TakeAsync(request.Body, mode, user.ToCaller(), cancellationToken);
        if (import is null) return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["file"] = [problem!] });
        return TypedResults.AcceptedAtRoute(ImportView.From(import, []), "GetImport", new { id = import.Id });
    }

    private static async Task<Results<Ok<Page<ImportView>>, ValidationProblem>> ListAsync(
        ImportPaging paging, ClaimsPrincipal user, CancellationToken cancellationToken,
        [Range(1, 100), Description("How many imports a page has at most.")] int limit = 50,
        [Description("The \"next\" of the page before.")] string? cursor = null)
    {
        var page = await paging.PageAsync(user.ToCaller().AccountId, limit, cursor, cancellationToken);
        return page is null ? Cursors.InvalidCursor() : TypedResults.Ok(page.Select(import => ImportView.From(import, [])));
    }

    private static async Task<Results<Ok<ImportView>, NotFound>> GetAsync(
        Guid id, ImportFollower follower, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await follower.FindAsync(user.ToCaller().AccountId, id, cancellationToken) is { } import
            ? TypedResults.Ok(import) : TypedResults.NotFound();

    private static async Task<Results<ServerSentEventsResult<ImportView>, NotFound, ProblemHttpResult, EmptyHttpResult>> FollowAsync(
        Guid id, ImportFollower follower, HttpContext http, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var owner = user.ToCaller().AccountId;
        var place = follower.TakePlace(owner);
        http.Response.RegisterForDispose(place);
        if (!place.IsAcquired)
        {
            return TypedResults.Problem(
                $"You follow {ImportFollower.MostPerAccount} imports already.", statusCode: StatusCodes.Status429TooManyRequests);
        }

        if (await follower.FindAsync(owner, id, cancellationToken) is not { } import) return TypedResults.NotFound();
        if (http.IsHead())
        {
            // There is no end of it to wait for.
            http.Response.ContentType = "text/event-stream";
            return TypedResults.Empty;
        }

        return TypedResults.ServerSentEvents(follower.FollowAsync(owner, import, cancellationToken), "progress");
    }

    private static async Task<Results<Ok<ImportView>, NotFound, ProblemHttpResult>> CancelAsync(
        Guid id, ImportStore store, ImportFollower follower, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var owner = user.ToCaller().AccountId;
        var cancelled = await store.CancelAsync(owner, id, cancellationToken);
        if (await follower.FindAsync(owner, id, cancellationToken) is not { } import) return TypedResults.NotFound();
        return cancelled
            ? TypedResults.Ok(import) : TypedResults.Problem("The import has already ended.", statusCode: StatusCodes.Status409Conflict);
    }
}
