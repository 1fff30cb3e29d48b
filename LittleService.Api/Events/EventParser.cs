using System.Buffers;
using System.Text.Json;
using LittleService.Data.Events;

namespace LittleService.Api.Events;

/// <summary>Turns the body of a request into packed events. Not for two threads at once.</summary>
internal sealed class EventParser(EventOptions options)
{
    private static readonly JsonReaderOptions Strict = new() { MaxDepth = 8 };

    private readonly EventReader _event = new();
    private readonly ArrayBufferWriter<byte> _packed = new(4096);

    /// <summary>Reads one event or an array of them.</summary>
    /// <exception cref="JsonException">The body is no JSON, or not of that shape; nothing of it can be taken.</exception>
    public ParsedEvents Parse(ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        _packed.ResetWrittenCount();
        var json = new Utf8JsonReader(body, Strict);
        json.Read();
        var single = json.TokenType == JsonTokenType.StartObject;
        if (!single && json.TokenType != JsonTokenType.StartArray)
            throw new JsonException("The body must be one event or an array of events.");

        var (index, good) = (0, 0);
        List<EventError>? errors = null;
        while (single ? index == 0 : json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (index == EventOptions.MaxBatch) throw new JsonException($"A request takes at most {EventOptions.MaxBatch} events.");
            if (TryTake(ref json, now, index++) is { } error) (errors ??= []).Add(error);
            else good++;
        }
        if (json.Read()) throw new JsonException("There is more after the end.");
        return new(good, _packed.WrittenSpan.ToArray(), errors);
    }

    private EventError? TryTake(ref Utf8JsonReader json, DateTimeOffset now, int index)
    {
        var depth = json.CurrentDepth;
        try
        {
            _event.Read(ref json);
            var milliseconds = _event.Milliseconds ?? now.ToUnixTimeMilliseconds();
            CheckTime(milliseconds, now);
            EventBlock.Write(_packed, new(milliseconds, _event.Name.Bytes, _event.Id, _event.Subject.Bytes, _event.Value));
            return null;
        }
        catch (EventException exception)
        {
            Leave(ref json, depth);
            return new(index, exception.Field, exception.Message);
        }
    }

    private void CheckTime(long milliseconds, DateTimeOffset now)
    {
        var age = now - DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        if (age > options.MaxAge) throw new EventException("occurredAt", $"is more than {options.MaxAge.TotalHours:0.#} hours ago");
        if (-age > options.MaxAhead)
            throw new EventException("occurredAt", $"is more than {options.MaxAhead.TotalMinutes:0.#} minutes ahead");
    }

    // To the end of the event that could not be read, so that the next one can be.
    private static void Leave(ref Utf8JsonReader json, int depth)
    {
        while (json.CurrentDepth > depth || json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            if (!json.Read()) return;
    }
}

/// <summary>What a body held.</summary>
/// <param name="Count">How many events are in <paramref name="Packed"/>.</param>
/// <param name="Packed">The good ones, as in <see cref="EventBlock"/> without its first byte.</param>
/// <param name="Errors">The others; null when there are none.</param>
internal sealed record ParsedEvents(int Count, byte[] Packed, IReadOnlyList<EventError>? Errors);
