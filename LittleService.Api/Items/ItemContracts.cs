using System.ComponentModel.DataAnnotations;
using LittleService.Api.Text;
using LittleService.Data.Items;

namespace LittleService.Api.Items;

/// <summary>What a client may say about an item it adds; id and date are ours.</summary>
public sealed record NewItem(
    [Required, Characters(Item.LongestName), StorableText, Name] string Name,
    [Range(0, int.MaxValue)] int Quantity,
    [Characters(Item.LongestDescription), StorableText] string Description = "");

/// <summary>What an item is changed to; all of it, as PUT wants it.</summary>
public sealed record ItemChange(
    [Required, Characters(Item.LongestName), StorableText, Name] string Name,
    [Range(0, int.MaxValue)] int Quantity,
    [Characters(Item.LongestDescription), StorableText] string Description);

/// <summary>An item as clients see it. <c>Searchable</c> turns true shortly after it was added or changed.</summary>
public sealed record ItemView(Guid Id, string Name, int Quantity, string Description, DateTime DateAdded, bool Searchable)
{
    public static ItemView Of(Item item) => new(item.Id, item.Name, item.Quantity, item.Description, item.DateAdded, item.Searchable);
}

/// <summary>Which page of which list.</summary>
public sealed record ItemQuery(int Limit, string? Cursor, string? Search, string Sort);
