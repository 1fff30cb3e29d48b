using System.Buffers;
using System.Text;

namespace LittleService.Jobs.Storage;

/// <summary>What text Postgres can store: no NUL, and no half of a surrogate pair.</summary>
public static class PostgresText
{
    /// <summary>Whether it can be stored as it is.</summary>
    public static bool IsStorable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !text.Contains('\0', StringComparison.Ordinal) && IsUnicode(text);
    }

    /// <summary>The text, shortened to so many characters at most, and without what cannot be stored.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="longest">The most UTF-16 code units.</param>
    public static string Storable(string text, int longest)
    {
        ArgumentNullException.ThrowIfNull(text);
        var length = Math.Min(text.Length, longest);
        if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
            length--;
        var kept = text[..length].Replace("\0", "", StringComparison.Ordinal);
        // Lone surrogates become U+FFFD.
        return IsUnicode(kept) ? kept : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept));
    }

    /// <summary>Whether every half of a surrogate pair has its other half beside it.</summary>
    internal static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\ud800', '\udfff') is >= 0 and var at)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != OperationStatus.Done)
                return false;
            text = text[(at + length)..];
        }

        return true;
    }
}
