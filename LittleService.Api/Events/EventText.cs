using System.Text.Json;
using System.Text.Unicode;

namespace LittleService.Api.Events;

/// <summary>A short text of an event, unescaped into a buffer that is used again for the next one.</summary>
internal sealed class EventText(string field, int limit)
{
    // An escaped byte takes at most six in JSON.
    private readonly byte[] _bytes = new byte[limit * 6];
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    /// <exception cref="EventException">It is no text, too long, or one that cannot be stored.</exception>
    public void Read(ref Utf8JsonReader json, bool allowEmpty = false)
    {
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName)) throw new EventException(field, "must be a text");
        if (json.ValueSpan.Length > _bytes.Length) throw TooLong();
        if (!TryCopy(ref json) || !Utf8.IsValid(Bytes)) throw new EventException(field, "is not valid Unicode");
        if (_length > limit) throw TooLong();
        if (_length == 0 && !allowEmpty) throw new EventException(field, "must not be empty");
        // Postgres stores no NUL, and no name needs a line end.
        if (Bytes.ContainsAnyInRange((byte)0, (byte)31)) throw new EventException(field, "must not contain control characters");
    }

    private bool TryCopy(ref Utf8JsonReader json)
    {
        try
        {
            _length = json.CopyString(_bytes);
            return true;
        }
        catch (InvalidOperationException)
        {
            _length = 0;
            return false;
        }
    }

    private EventException TooLong() => new(field, $"must not be longer than {limit} bytes");
}
