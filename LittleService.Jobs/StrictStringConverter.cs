using System.Text.Json;
using System.Text.Json.Serialization;
using LittleService.Jobs.Storage;

namespace LittleService.Jobs;

/// <summary>
/// Refuses lone surrogates, which the serializer would silently replace with U+FFFD. U+FFFD itself is valid.
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
