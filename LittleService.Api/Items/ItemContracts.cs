using System.ComponentModel.DataAnnotations;
using LittleService.Data.Items;

namespace LittleService.Api.Items;

/// <summary>What a client may say about an item it adds; id and date are ours.</summary>
public sealed record NewItem(
    [Required, StringLength(NewItem.NameLength), StorableText] string Name,
    [Range(0, int.MaxValue)] int Quantity,
    [StringLength(NewItem.DescriptionLength), StorableText] string Description = "")
{
    public const int NameLength = 200;
    public const int DescriptionLength = 2000;
}

/// <summary>A page of the list, newest first. <c>Next</c> is the cursor of the page after it; null on the last one.</summary>
public sealed record ItemPage(List<Item> Items, string? Next);
