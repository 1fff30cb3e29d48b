using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LittleService.Data.Events;

namespace LittleService.Api.Events;

/// <summary>Reads one event from JSON, in buffers that are used again: at a flood nothing is allocated per event.</summary>
internal sealed class EventReader
{
    private const int PropertiesLimit = 1024;
    private const int PropertyCount = 10;

    [Flags]
    private enum Field
    {
        None = 0,
        Name = 1,
        OccurredAt = 2,
        Id = 4,
        Subject = 8,
        Value = 16,
        Properties = 32,
    }

    private readonly EventText _text = new("properties", 256);
    private readonly EventText _id = new("id", 64);

    public EventText Name { get; } = new("name", 100);

    public EventText Subject { get; } = new("subject", 200);

    public Guid? Id { get; private set; }

    public long? Milliseconds { get; private set; }

    public double? Value { get; private set; }

    /// <summary>Reads the object that <paramref name="json"/> stands on, to its end.</summary>
    /// <exception cref="EventException">The reader is then somewhere within the event.</exception>
    public void Read(ref Utf8JsonReader json)
    {
        Clear();
        if (json.TokenType != JsonTokenType.StartObject) throw new EventException("", "must be an object");
        var seen = Field.None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref json);
            if (seen.HasFlag(field)) throw new EventException(JsonNamingPolicy.CamelCase.ConvertName($"{field}"), "is there twice");
            seen |= field;
            json.Read();
            if (json.TokenType != JsonTokenType.Null) ReadField(field, ref json);
        }
        if (Name.Bytes.IsEmpty) throw new EventException("name", "is required");
        // Kept for names of our own, such as (other).
        if (Name.Bytes[0] == '(') throw new EventException("name", "must not begin with a parenthesis");
    }

    private static Field FieldOf(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals("name"u8)) return Field.Name;
        if (json.ValueTextEquals("occurredAt"u8)) return Field.OccurredAt;
        if (json.ValueTextEquals("id"u8)) return Field.Id;
        if (json.ValueTextEquals("subject"u8)) return Field.Subject;
        if (json.ValueTextEquals("value"u8)) return Field.Value;
        if (json.ValueTextEquals("properties"u8)) return Field.Properties;
        throw new EventException("", "has a field that no event has; there are name, occurredAt, id, subject, value, properties");
    }

    private void ReadField(Field field, ref Utf8JsonReader json)
    {
        switch (field)
        {
            case Field.Name: Name.Read(ref json); break;
            case Field.OccurredAt: Milliseconds = ReadTime(ref json); break;
            case Field.Id: Id = ReadId(ref json); break;
            case Field.Subject: Subject.Read(ref json); break;
            case Field.Value: Value = ReadValue(ref json); break;
            default: CheckProperties(ref json); break;
        }
    }

    private void Clear()
    {
        Name.Clear();
        Subject.Clear();
        (Id, Milliseconds, Value) = (null, null, null);
    }

    private Guid ReadId(ref Utf8JsonReader json)
    {
        _id.Read(ref json);
        if (Utf8Parser.TryParse(_id.Bytes, out Guid id, out var used) && used == _id.Bytes.Length) return id;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_id.Bytes, hash);
        return new Guid(hash[..16]);
    }

    private static long ReadTime(ref Utf8JsonReader json)
    {
        // Without an offset it would be taken for the server's own time zone.
        if (json.TokenType == JsonTokenType.String && HasOffset(json.ValueSpan) && json.TryGetDateTimeOffset(out var at))
            return at.ToUnixTimeMilliseconds();
        throw new EventException("occurredAt", "must be a time as in 2030-01-31T12:00:00Z");
    }

    private static bool HasOffset(ReadOnlySpan<byte> time) => time.Length > 10 && time[10..].ContainsAny("Zz+-"u8);

    private static double ReadValue(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.Number) throw new EventException("value", "must be a number");
        if (json.TryGetDouble(out var value) && Math.Abs(value) <= EventOptions.LargestValue) return value;
        throw new EventException("value",
            string.Create(
                CultureInfo.InvariantCulture, $"must lie between -{EventOptions.LargestValue:0} and {EventOptions.LargestValue:0}"));
    }

    // What a double holds, Postgres holds too; beyond it, neither does.
    private static void CheckNumber(ref Utf8JsonReader json)
    {
        if (json.TryGetDouble(out var number) && double.IsFinite(number) && (number != 0 || IsZero(json.ValueSpan))) return;
        throw new EventException("properties", "must hold plain numbers within the range of a double");
    }

    private static bool IsZero(ReadOnlySpan<byte> number)
    {
        var exponent = number.IndexOfAny("eE"u8);
        // Zero has no use for an exponent, and Postgres no room for a large one.
        return exponent < 0 && !number.ContainsAnyInRange((byte)'1', (byte)'9');
    }

    // They are validated but not stored.
    private void CheckProperties(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject) throw new EventException("properties", "must be an object");
        var (start, count) = ((int)json.TokenStartIndex, 0);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (++count > PropertyCount) throw new EventException("properties", $"must not be more than {PropertyCount}");
            _text.Read(ref json, allowEmpty: true);
            json.Read();
            if (json.TokenType == JsonTokenType.String) _text.Read(ref json, allowEmpty: true);
            else if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                throw new EventException("properties", "must be texts, numbers, true or false");
            else if (json.TokenType == JsonTokenType.Number) CheckNumber(ref json);
        }
        if ((int)json.BytesConsumed - start > PropertiesLimit)
            throw new EventException("properties", $"must not take more than {PropertiesLimit} bytes");
    }
}
