using System.ComponentModel.DataAnnotations;

namespace LittleService.Api.Items;

/// <summary>The add form as it was filled in: mutable, and empty where the browser sent nothing.</summary>
public sealed class ItemForm
{
    [Required(ErrorMessage = "Give the item a name.")]
    [StringLength(NewItem.NameLength, ErrorMessage = "A name has at most {1} characters.")]
    [StorableText(ErrorMessage = "The name holds characters that cannot be stored.")]
    public string? Name { get; set; }

    [Required(ErrorMessage = "Say how many there are.")]
    [Range(0, int.MaxValue, ErrorMessage = "The quantity is a whole number from {1} to {2}.")]
    public int? Quantity { get; set; }

    [StringLength(NewItem.DescriptionLength, ErrorMessage = "A description has at most {1} characters.")]
    [StorableText(ErrorMessage = "The description holds characters that cannot be stored.")]
    public string? Description { get; set; }
}
