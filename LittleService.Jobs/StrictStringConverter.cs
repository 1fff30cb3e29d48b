using System.Text.Json;
using System.Text.Json.Serialization;
using LittleService.Jobs.Storage;

namespace LittleService.Jobs;

/// <summary>
/// Refuses halves of surrogate pairs, which the serializer would turn into U+FFFD without a word. U+FFFD itself is a character like any
/// other.
/// </summary>
internal sealed class StrictStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Checked(value));

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString()!;

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(Checked(value));

    private static string Checked(string text) =>
        PostgresText.IsUnicode(text) ? text : throw new JsonException("it holds text that is not valid Unicode.");
}
