using System.ComponentModel.DataAnnotations;
using LittleService.Api.Text;
using LittleService.Data.Items;

namespace LittleService.Api.Items;

/// <summary>The form of an item as it was filled in: mutable, and empty where the browser sent nothing.</summary>
public sealed class ItemForm
{
    [Required(ErrorMessage = "Give the item a name.")]
    [Characters(Item.LongestName, ErrorMessage = "A name has at most {1} characters.")]
    [Name(ErrorMessage = "The name has to show something, and has one line.")]
    [StorableText(ErrorMessage = "The name holds characters that cannot be stored.")]
    public string? Name { get; set; }

    [Required(ErrorMessage = "Say how many there are.")]
    [Range(0, int.MaxValue, ErrorMessage = "The quantity is a whole number from {1} to {2}.")]
    public int? Quantity { get; set; }

    [Characters(Item.LongestDescription, ErrorMessage = "A description has at most {1} characters.")]
    [StorableText(ErrorMessage = "The description holds characters that cannot be stored.")]
    public string? Description { get; set; }

    /// <summary>The version that was shown beside it, where the item is there already.</summary>
    public int Version { get; set; }

    public static ItemForm Of(Item item) =>
        new() { Name = item.Name, Quantity = item.Quantity, Description = item.Description, Version = item.Version };

    /// <summary>
    /// What was filled in. Browsers send CRLF for every line break: a description that was not changed stays as <paramref name="before"/>.
    /// </summary>
    public ItemFields Fields(Item? before = null)
    {
        var description = Lines(Description ?? "");
        var unchanged = before is not null && description == Lines(before.Description);
        return new(Name!, Quantity!.Value, unchanged ? before!.Description : description);
    }

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
}
