using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LittleService.Jobs;

/// <summary>How payloads are written and read.</summary>
internal static class JobJson
{
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new StrictStringConverter() }
        };

    /// <summary>Whether every half of a surrogate pair has its other half beside it.</summary>
    public static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\ud800', '\udfff') is >= 0 and var at)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var length) != OperationStatus.Done)
                return false;
            text = text[(at + length)..];
        }

        return true;
    }

    /// <summary>Text that Postgres can store: no NUL, no half of a surrogate pair.</summary>
    public static bool IsStorable(string text) => !text.Contains('\0', StringComparison.Ordinal) && IsUnicode(text);

    /// <summary>The text, shortened to so many characters at most, and without what Postgres cannot store.</summary>
    public static string Storable(string text, int longest)
    {
        var length = Math.Min(text.Length, longest);
        if (length < text.Length && char.IsHighSurrogate(text[length - 1]))
            length--;
        var kept = text[..length].Replace("\0", "", StringComparison.Ordinal);
        // Halves of pairs become U+FFFD.
        return IsUnicode(kept) ? kept : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(kept));
    }

    /// <summary>Refuses NUL here, where the caller can be told, rather than as a poison row in somebody's handler.</summary>
    public static void RefuseNul(ReadOnlySpan<byte> payload, string kind)
    {
        var rest = payload;
        for (int at; (at = rest.IndexOf("\\u0000"u8)) >= 0; rest = rest[(at + 6)..])
        {
            if (IsEscape(rest[..at]))
                throw new JobRefusedException($"A job '{kind}' holds a NUL character, which Postgres cannot store as text.");
        }
    }

    // An even number of backslashes before it: then this one begins an escape and is not itself escaped.
    private static bool IsEscape(ReadOnlySpan<byte> before) => (before.Length - (before.LastIndexOfAnyExcept((byte)'\\') + 1)) % 2 == 0;
}
