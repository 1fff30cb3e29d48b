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

    /// <summary>Refuses NUL here, where the caller can be told, rather than in a handler.</summary>
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
