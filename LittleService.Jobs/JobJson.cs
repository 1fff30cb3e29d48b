using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LittleService.Jobs;

/// <summary>How payloads are written and read.</summary>
internal static class JobJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Text that Postgres can store: no NUL, no half of a surrogate pair.</summary>
    public static bool IsStorable(string text)
    {
        try
        {
            return !text.Contains('\0', StringComparison.Ordinal) && Strict.GetByteCount(text) >= 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Refuses NUL and broken text here, where the caller can be told, rather than as a poison row in somebody's handler.</summary>
    public static void RefuseUnstorable(ReadOnlySpan<byte> payload, string kind)
    {
        var rest = payload;
        for (int at; (at = rest.IndexOf("\\u0000"u8)) >= 0; rest = rest[(at + 6)..])
        {
            if (IsEscape(rest[..at]))
                throw new JobRefusedException($"A job '{kind}' holds a NUL character, which Postgres cannot store as text.");
        }

        if (payload.IndexOf("\uFFFD"u8) >= 0 || payload.IndexOf("\\uFFFD"u8) >= 0)
            throw new JobRefusedException($"A job '{kind}' holds text that is not valid Unicode.");
    }

    // An even number of backslashes before it: then this one begins an escape and is not itself escaped.
    private static bool IsEscape(ReadOnlySpan<byte> before) => (before.Length - (before.LastIndexOfAnyExcept((byte)'\\') + 1)) % 2 == 0;
}
