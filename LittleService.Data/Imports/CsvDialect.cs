using System.Text;

namespace LittleService.Data.Imports;

/// <summary>The format of a file, detected from its first bytes: its delimiter, and where its first record begins.</summary>
/// <param name="Delimiter">Comma, semicolon or tab.</param>
/// <param name="Start">The byte behind byte order marks and a line <c>sep=</c>.</param>
/// <param name="Line">The line that begins there.</param>
public sealed record CsvDialect(char Delimiter, int Start, int Line)
{
    private static readonly char[] Delimiters = [',', ';', '\t'];

    /// <summary>
    /// Reads it off the first piece of a file. Null where the file is no text in UTF-8; <paramref name="problem"/> says what it is.
    /// </summary>
    public static CsvDialect? Read(ReadOnlySpan<byte> piece, out string? problem)
    {
        problem = ProblemOf(piece);
        if (problem is not null) return null;
        var start = 0;
        while (piece[start..].StartsWith("\uFEFF"u8)) start += 3;
        var first = FirstLine(piece[start..]);
        if (Announced(first) is not { } announced) return new(Header(first), start, 1);
        start += first.Length;
        start += piece[start..].StartsWith("\r\n"u8) ? 2 : start < piece.Length ? 1 : 0;
        return new(announced, start, 2);
    }

    /// <summary>Reads the file from its first record on; <paramref name="source"/> begins at <see cref="Start"/>.</summary>
    public CsvReader Reader(IAsyncEnumerator<ReadOnlyMemory<byte>> source) => Reader(source, Start, Line);

    /// <summary>Reads on from the end of a record.</summary>
    public CsvReader Reader(IAsyncEnumerator<ReadOnlyMemory<byte>> source, long position, int line) =>
        new(source, position, line, Delimiter);

    private static string? ProblemOf(ReadOnlySpan<byte> piece)
    {
        const string instead = "Save it as CSV in UTF-8; Excel calls that \"CSV UTF-8\".";
        if (piece.StartsWith((ReadOnlySpan<byte>)[0xff, 0xfe]) || piece.StartsWith((ReadOnlySpan<byte>)[0xfe, 0xff]) || IsWide(piece))
            return $"The file is UTF-16, which some programs call Unicode text. {instead}";
        if (piece.StartsWith("PK\u0003\u0004"u8)) return $"The file is a workbook and not CSV. {instead}";
        return null;
    }

    // Every other byte of Latin text in UTF-16 is zero.
    private static bool IsWide(ReadOnlySpan<byte> piece) =>
        piece.Length >= 4 && (piece[0] == 0) != (piece[1] == 0) && (piece[2] == 0) != (piece[3] == 0);

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> text) =>
        text.IndexOfAny("\r\n"u8) is >= 0 and var end ? text[..end] : text;

    // As Excel writes and reads it.
    private static char? Announced(ReadOnlySpan<byte> line) =>
        line.Length == 5 && line.StartsWith("sep="u8) && Delimiters.Contains((char)line[4]) ? (char)line[4] : null;

    // That with which the line names our columns; a comma where none does.
    private static char Header(ReadOnlySpan<byte> line)
    {
        var text = Encoding.UTF8.GetString(line);
        return Delimiters.FirstOrDefault(
            delimiter => ImportColumns.Knows(text.Split(delimiter).Select(static name => name.Trim().Trim('"'))), ',');
    }
}
