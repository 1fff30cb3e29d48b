using System.Globalization;
using LittleService.Data.Items;

namespace LittleService.Data.Imports;

/// <summary>Which column holds what, as the first line of the file says; and the rules of a row, which are those of an item.</summary>
public sealed class ImportColumns
{
    private const int LongestName = 200;
    private const int LongestDescription = 2000;
    private readonly int _count;
    private readonly int _name;
    private readonly int _quantity;
    private readonly int _description;

    private ImportColumns(List<string> names) => (_count, _name, _quantity, _description) =
        (names.Count, names.IndexOf("name"), names.IndexOf("quantity"), names.IndexOf("description"));

    /// <summary>Null where the line does not name the columns; <paramref name="problem"/> says why.</summary>
    public static ImportColumns? Read(CsvRecord? header, out string? problem)
    {
        var names = header?.Fields.Select(name => name.Trim().ToLowerInvariant()).ToList();
        problem = header is null ? "The file is empty." : header.Value.Error is { } error ? $"The first line cannot be read: {error}." : ProblemOf(names!);
        return problem is null ? new(names!) : null;
    }

    /// <summary>Null where the row is refused; <paramref name="problem"/> says why.</summary>
    public ItemFields? Parse(CsvRecord record, out string? problem)
    {
        problem = record.Error ?? (record.Fields.Count == _count ? null : $"the row has {record.Fields.Count} columns and the first line {_count}");
        if (problem is not null) return null;
        var (name, description) = (record.Fields[_name], _description < 0 ? "" : record.Fields[_description]);
        var isNumber = int.TryParse(record.Fields[_quantity], NumberStyles.None, CultureInfo.InvariantCulture, out var quantity);
        problem = ProblemOf(name, description) ?? (isNumber ? null : $"the quantity is not a whole number from 0 to {int.MaxValue}");
        return problem is null ? new(name, quantity, description) : null;
    }

    private static string? ProblemOf(List<string> names) =>
        names.Contains("name") && names.Contains("quantity") && names.Distinct().Count() == names.Count
            && names.TrueForAll(name => name is "name" or "quantity" or "description")
            ? null
            : "The first line must name the columns, separated by commas: name, quantity and, if you like, description.";

    private static string? ProblemOf(string name, string description) =>
        string.IsNullOrWhiteSpace(name) ? "the name is missing"
        : name.Length > LongestName ? $"the name is longer than {LongestName} characters"
        : description.Length > LongestDescription ? $"the description is longer than {LongestDescription} characters"
        // Half a surrogate pair cannot come out of valid UTF-8.
        : name.Contains('\0') || description.Contains('\0') ? "the row holds the character NUL"
        : null;
}
