namespace LittleService.Data.Items;

/// <summary>An order that a list of items may have; the id decides between equals.</summary>
public sealed class ItemSort
{
    private readonly string _column;
    private readonly string _type;
    private readonly bool _descending;
    private readonly Func<Item, string> _key;

    private ItemSort(string name, string column, string type, Func<Item, string> key)
    {
        (Name, _column, _type, _key) = (name, column, type, key);
        _descending = name.StartsWith('-');
    }

    /// <summary>All there are; the first is the one of a list that asks for none. A minus means the largest first.</summary>
    public static IReadOnlyList<ItemSort> All { get; } =
    [
        .. Both("added", "id", "uuid", item => item.Id.ToString()).Reverse(),
        .. Both("name", "name collate people", "text", item => item.Name),
        .. Both("quantity", "quantity", "integer", item => $"{item.Quantity}"),
    ];

    public string Name { get; }

    /// <summary>Where an item stands in this order, for the page after it.</summary>
    public string[] PositionOf(Item item) => [_key(item), item.Id.ToString()];

    internal string OrderBy => $"order by {_column} {Direction}, id {Direction}";

    private string Direction => _descending ? "desc" : "asc";

    internal string After(int first) => $"({_column}, id) {(_descending ? '<' : '>')} (${first}::text::{_type}, ${first + 1}::text::uuid)";

    private static ItemSort[] Both(string name, string column, string type, Func<Item, string> key) =>
        [new(name, column, type, key), new("-" + name, column, type, key)];
}
