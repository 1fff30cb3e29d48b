using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using LittleService.Api.Accounts;
using LittleService.Data.Items;
using Microsoft.AspNetCore.Http.HttpResults;

namespace LittleService.Api.Items;

public static class ItemsEndpoints
{
    public static void AddItems(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ItemStore>();
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, ItemJson.Default);
            // A field left out, given twice, null or of another type is an error of the caller and not a guess of ours.
            json.SerializerOptions.AllowDuplicateProperties = false;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
        });
    }

    public static RouteGroupBuilder MapItems(this IEndpointRouteBuilder app)
    {
        var items = app.MapGroup("/api/items").WithTags("Items");
        items.MapGet("/", ListAsync).AllowAnonymous();
        items.MapGet("/{id:guid}", GetAsync).WithName(nameof(GetAsync)).AllowAnonymous();
        items.MapPost("/", AddAsync).RequireAuthorization(Policies.Writer);
        return items;
    }

    private static async Task<Results<Ok<ItemPage>, ValidationProblem>> ListAsync(
        ItemStore store, CancellationToken cancellationToken, [Range(1, 100)] int limit = 50, string? cursor = null)
    {
        var page = await store.PageAsync(cursor, limit, cancellationToken);
        if (page is not null) return TypedResults.Ok(page);
        return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["cursor"] = ["This is not a cursor of this list."] });
    }

    private static async Task<Results<Ok<Item>, NotFound>> GetAsync(Guid id, ItemStore store, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) is { } item ? TypedResults.Ok(item) : TypedResults.NotFound();

    private static async Task<CreatedAtRoute<Item>> AddAsync(NewItem item, ItemStore store, CancellationToken cancellationToken)
    {
        var added = await store.AddAsync(item.Name, item.Quantity, item.Description, cancellationToken);
        return TypedResults.CreatedAtRoute(added, nameof(GetAsync), new { id = added.Id });
    }
}
