namespace LittleService.Data.Imports;

/// <summary>A record of a CSV file.</summary>
/// <param name="Line">The line on which it begins, counted from 1.</param>
/// <param name="NextLine">The line after it.</param>
/// <param name="End">The byte after it: reading can go on from there.</param>
/// <param name="Fields">Its fields; none where it cannot be read.</param>
/// <param name="Error">Why it cannot be read, or null.</param>
public readonly record struct CsvRecord(int Line, int NextLine, long End, IReadOnlyList<string> Fields, string? Error);
