namespace LittleService.Data.Items;

/// <summary>An order that a list of items may have; the id decides between equals.</summary>
public sealed class ItemSort
{
    // A minus means the largest first.
    public const string NewestFirst = "-added";
    public const string OldestFirst = "added";
    public const string ByName = "name";
    public const string ByNameBackwards = "-name";
    public const string FewestFirst = "quantity";
    public const string MostFirst = "-quantity";

    private readonly string _column;
    private readonly string _type;
    private readonly bool _descending;
    private readonly Func<Item, string> _value;

    private ItemSort(string name, string column, string type, Func<Item, string> value)
    {
        (Name, _column, _type, _value) = (name, column, type, value);
        _descending = name.StartsWith('-');
    }

    /// <summary>All there are; the first is the one of a list that asks for none.</summary>
    public static IReadOnlyList<ItemSort> All { get; } =
    [
        new(NewestFirst, "id", "uuid", ById), new(OldestFirst, "id", "uuid", ById),
        new(ByName, "name collate people", "text", item => item.Name),
        new(ByNameBackwards, "name collate people", "text", item => item.Name),
        new(FewestFirst, "quantity", "integer", item => $"{item.Quantity}"),
        new(MostFirst, "quantity", "integer", item => $"{item.Quantity}"),
    ];

    public string Name { get; }

    /// <summary>Where an item stands in this order, for the page after it.</summary>
    public string[] PositionOf(Item item) => [_value(item), ById(item)];

    internal string OrderBy => $"order by {_column} {Direction}, id {Direction}";

    private string Direction => _descending ? "desc" : "asc";

    internal string After => $"({_column}, id) {(_descending ? '<' : '>')} (@position::{_type}, @id::uuid)";

    private static string ById(Item item) => item.Id.ToString();
}
