using System.Globalization;
using LittleService.Data.Items;
using LittleService.Data.Text;

namespace LittleService.Data.Imports;

/// <summary>The columns, from the first line of the file, and the validation of a row, which is that of an item.</summary>
public sealed class ImportColumns
{
    private static readonly string[] Names = ["name", "quantity", "description"];
    private readonly int _count;
    private readonly int _name;
    private readonly int _quantity;
    private readonly int _description;

    private ImportColumns(List<string> names) => (_count, _name, _quantity, _description) =
        (names.Count, names.IndexOf("name"), names.IndexOf("quantity"), names.IndexOf("description"));

    /// <summary>Null where the line does not name the columns; <paramref name="problem"/> says why.</summary>
    public static ImportColumns? Read(CsvRecord? header, out string? problem)
    {
        var names = Named(header?.Fields ?? []);
        problem = header is null
            ? "The file is empty." : header.Value.Error is { } error ? $"The first line cannot be read: {error}." : ProblemOf(names);
        return problem is null ? new(names) : null;
    }

    /// <summary>Whether these name the columns of items, among them those that must be there.</summary>
    internal static bool Knows(IEnumerable<string> names) => ProblemOf(Named(names)) is null;

    /// <summary>Whether all cells are empty, as spreadsheets leave them: such a row is skipped like a blank line.</summary>
    public static bool IsEmpty(CsvRecord record) => record.Error is null && record.Fields.All(string.IsNullOrWhiteSpace);

    /// <summary>Null where the row is refused; <paramref name="problem"/> says why.</summary>
    public ItemFields? Parse(CsvRecord record, out string? problem)
    {
        problem = record.Error ?? ProblemOf(record.Fields);
        if (problem is not null) return null;
        var (name, description) = (record.Fields[_name], _description < 0 ? "" : record.Fields[_description]);
        var quantity = Quantity(record.Fields[_quantity]);
        problem = ProblemOf(name, description)
            ?? (quantity is null ? $"the quantity is not a whole number from 0 to {int.MaxValue}" : null);
        return problem is null ? new(name, quantity!.Value, description) : null;
    }

    // Columns without a name behind the last are what spreadsheets leave where a cell was once filled.
    private static List<string> Named(IEnumerable<string> header)
    {
        var names = header.Select(static name => name.Trim().Trim('\uFEFF', '\u200B').ToLowerInvariant()).ToList();
        names.RemoveRange(
            names.FindLastIndex(static name => name.Length > 0) + 1, names.Count - names.FindLastIndex(static name => name.Length > 0) - 1);
        return names;
    }

    private static string? ProblemOf(List<string> names)
    {
        var reason = Array.Find(["name", "quantity"], column => !names.Contains(column)) is { } missing ? $"there is no column {missing}"
            : names.Find(static name => name.Length == 0) is not null ? $"column {names.IndexOf("") + 1} has no name"
            : names.Find(static name => !Names.Contains(name)) is { } unknown ? $"there is a column '{unknown}', which no item has"
            : names.GroupBy(static name => name).FirstOrDefault(static same => same.Count() > 1) is { } twice
            ? $"the column {twice.Key} is there twice"
            : null;
        return reason is null
            ? null
            : "The first line must name the columns name, quantity and, if you like, description, with commas, semicolons or tabs between "
                + $"them: {reason}.";
    }

    // Without the blanks around it. Digits are checked one by one: int.TryParse ignores trailing NULs.
    private static int? Quantity(string text)
    {
        var digits = text.AsSpan().Trim();
        return !digits.ContainsAnyExceptInRange('0', '9')
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var quantity) ? quantity : null;
    }

    private string? ProblemOf(IReadOnlyList<string> fields) =>
        fields.Any(static field => field.Contains('\0')) ? "the row holds the character NUL"
        : fields.Count < _count ? $"the row has {fields.Count} columns and the first line {_count}"
        : fields.Skip(_count).Any(static field => !string.IsNullOrWhiteSpace(field))
        ? $"the row has {fields.Count} columns and the first line {_count}"
        : null;

    private static string? ProblemOf(string name, string description) =>
        string.IsNullOrWhiteSpace(name) ? "the name is missing"
        : !PlainText.IsVisible(name) ? "the name shows nothing"
        : !PlainText.IsLine(name) ? "the name has more than one line, or holds a tab or another control character"
        : PlainText.Length(name) > Item.LongestName ? $"the name is longer than {Item.LongestName} characters"
        : PlainText.Length(description) > Item.LongestDescription ? $"the description is longer than {Item.LongestDescription} characters"
        : null;
}
