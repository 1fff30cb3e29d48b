using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using LittleService.Api.Accounts;
using LittleService.Api.Http;
using LittleService.Api.Layout;
using LittleService.Api.Text;
using LittleService.Data.Items;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace LittleService.Api.Items;

public static class ItemsEndpoints
{
    public static void AddItems(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(new PageLink("Items", "/items"));
        builder.Services.AddItemStores();
        builder.Services.AddSingleton<ItemPaging>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ItemJson.Default);
            // A missing, duplicate, null or mistyped field is an error of the caller.
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
    }

    public static RouteGroupBuilder MapItems(this IEndpointRouteBuilder app)
    {
        var items = app.MapGroup("/api/items").WithTags("Items");
        items.MapGet("/", ListAsync).WithName("ListItems").WithSummary("Lists items").AllowAnonymous()
            .WithMetadata(new CacheBySnapshotAttribute { ForAll = true }).ProducesProblems(304, 503);
        items.MapGet("/{id:guid}", GetAsync).WithName("GetItem").WithSummary("One item").AllowAnonymous().ProducesProblems(304, 404, 503);
        items.MapPost("/", AddAsync).WithName("AddItem").RequireAuthorization(Policies.Writer)
            .WithMetadata(new HonoursIdempotencyKeyAttribute())
            .WithSummary("Adds an item; under an Idempotency-Key once, however often it is sent")
            .ProducesProblems(400, 401, 403, 413, 415, 422, 429, 503);
        items.MapPut("/{id:guid}", ChangeAsync).WithName("ChangeItem").RequireAuthorization(Policies.Writer)
            .WithSummary("Changes an item that is still the one that If-Match names")
            .ProducesProblems(400, 401, 403, 404, 412, 413, 415, 428, 429, 503);
        items.MapDelete("/{id:guid}", DeleteAsync).WithName("DeleteItem").RequireAuthorization(Policies.Writer)
            .WithSummary("Deletes an item; with If-Match only that version").ProducesProblems(401, 403, 404, 412, 429, 503);
        return items;
    }

    private static async Task<Results<Ok<Page<ItemView>>, ValidationProblem>> ListAsync(
        ItemPaging paging,
        CancellationToken cancellationToken,
        [Range(1, 100), Description("How many items a page has at most.")] int limit = 50,
        [Description("The \"next\" of the page before, with the same search and sort.")] string? cursor = null,
        [Characters(200), StorableText, Description("Words that words of an item begin with.")] string? search = null,
        [AllowedValues(ItemSort.NewestFirst, ItemSort.OldestFirst, ItemSort.ByName, ItemSort.ByNameBackwards, ItemSort.FewestFirst,
            ItemSort.MostFirst), Description("A minus means the largest first.")] string sort = ItemSort.NewestFirst)
    {
        var page = await paging.PageAsync(new(limit, cursor, search, sort), cancellationToken);
        return page is null ? Cursors.InvalidCursor() : TypedResults.Ok(page.Select(ItemView.Of));
    }

    private static async Task<Results<Ok<ItemView>, StatusCodeHttpResult>> GetAsync(
        Guid id, ItemStore store, HttpContext http, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(id, cancellationToken) is not { } item) return TypedResults.StatusCode(StatusCodes.Status404NotFound);
        var tag = Tag(item);
        (http.Response.Headers.ETag, http.Response.Headers.CacheControl) = (tag, "no-cache");
        return http.Request.HasTag(tag) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(ItemView.Of(item));
    }

    private static async Task<CreatedAtRoute<ItemView>> AddAsync(
        NewItem item,
        [FromHeader(Name = "Idempotency-Key"), StringLength(255, MinimumLength = 1), RegularExpression("[!-~]+")] string? key,
        ItemWriter writer,
        HttpContext http,
        CancellationToken cancellationToken)
    {
        var (fields, caller) = (new ItemFields(item.Name, item.Quantity, item.Description), http.User.ToCaller());
        var added = key is null
            ? ItemView.Of(await writer.AddAsync(fields, caller, cancellationToken))
            : Read(
                await writer.AddOnceAsync(
                    fields, caller, http.IdempotencyKey(key, Write(item)), static item => Write(ItemView.Of(item)), cancellationToken));
        http.Response.Headers.ETag = VersionTags.Of(1);
        return TypedResults.CreatedAtRoute(added, "GetItem", new { id = added.Id });
    }

    private static async Task<Results<Ok<ItemView>, ProblemHttpResult>> ChangeAsync(
        Guid id, ItemChange change, [FromHeader(Name = "If-Match")] string? ifMatch, ItemWriter writer, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(ifMatch))
            return TypedResults.Problem(
                "Name the version that you change: send its ETag as If-Match.", statusCode: StatusCodes.Status428PreconditionRequired);
        if (VersionTags.ProblemOf(ifMatch) is { } problem)
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status412PreconditionFailed);
        var fields = new ItemFields(change.Name, change.Quantity, change.Description);
        var (outcome, item) = await writer.ChangeAsync(id, fields, VersionTags.Versions(ifMatch), http.User.ToCaller(), cancellationToken);
        if (item is null) return ProblemOf(outcome);
        http.Response.Headers.ETag = Tag(item);
        return TypedResults.Ok(ItemView.Of(item));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, [FromHeader(Name = "If-Match")] string? ifMatch, ItemWriter writer, HttpContext http, CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(ifMatch) && VersionTags.ProblemOf(ifMatch) is { } problem)
            return TypedResults.Problem(problem, statusCode: StatusCodes.Status412PreconditionFailed);
        var versions = string.IsNullOrEmpty(ifMatch) ? null : VersionTags.Versions(ifMatch);
        var (outcome, item) = await writer.DeleteAsync(id, versions, http.User.ToCaller(), cancellationToken);
        return item is null ? ProblemOf(outcome) : TypedResults.NoContent();
    }

    // Indexing an item changes its response, but must not invalidate If-Match.
    private static string Tag(Item item) => VersionTags.Of(item.Version, item.Searchable ? "s" : "");

    private static ProblemHttpResult ProblemOf(ItemOutcome outcome) => outcome switch
    {
        ItemOutcome.NotYours => TypedResults.Problem("The item belongs to somebody else.", statusCode: StatusCodes.Status403Forbidden),
        ItemOutcome.Stale =>
            TypedResults.Problem("The item was changed meanwhile. Read it again.", statusCode: StatusCodes.Status412PreconditionFailed),
        _ => TypedResults.Problem(statusCode: StatusCodes.Status404NotFound),
    };

    private static byte[] Write(NewItem item) => JsonSerializer.SerializeToUtf8Bytes(item, ItemJson.Default.NewItem);

    private static byte[] Write(ItemView item) => JsonSerializer.SerializeToUtf8Bytes(item, ItemJson.Default.ItemView);

    private static ItemView Read(byte[] response) => JsonSerializer.Deserialize(response, ItemJson.Default.ItemView)!;
}
