using System.Globalization;
using System.Text;

namespace LittleService.Data.Text;

/// <summary>Rules for text from users.</summary>
public static class PlainText
{
    // Invisible letters and symbols: Hangul fillers, Khmer inherent vowels, the blank of Braille.
    private static readonly HashSet<int> Blanks = [0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0];

    /// <summary>How many characters it has, as Postgres and JSON Schema count them: a pair of surrogates is one.</summary>
    public static int Length(string text)
    {
        var length = text.Length;
        for (var at = 1; at < text.Length; at++)
            if (char.IsSurrogatePair(text[at - 1], text[at])) length--;
        return length;
    }

    /// <summary>Whether there is anything in it to be seen.</summary>
    public static bool IsVisible(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            if (IsVisible(rune)) return true;
        return false;
    }

    /// <summary>
    /// Whether it is one line: no line breaks, tabs and other control characters, which a field of a form would drop without a word.
    /// </summary>
    public static bool IsLine(string text)
    {
        foreach (var unit in text)
            if (char.IsControl(unit) || unit is '\u2028' or '\u2029') return false;
        return true;
    }

    // A mark alone, an accent for one, has nothing to stand on.
    private static bool IsVisible(Rune rune) => !Blanks.Contains(rune.Value) && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.OtherNotAssigned);
}
