using System.Text.Json.Serialization;

namespace LittleService.Api.Events;

/// <summary>What is wrong with one event of a request.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
/// <param name="Field">The field, or empty for the event as a whole.</param>
/// <param name="Error">One sentence.</param>
public sealed record EventError(int Index, string Field, string Error);

/// <summary>The response to a request whose events were taken.</summary>
/// <param name="Accepted">How many.</param>
/// <param name="Errors">The others, where the caller asked to skip them.</param>
public sealed record EventsAccepted(
    int Accepted, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<EventError>? Errors = null);

/// <summary>The response to a request that was refused as a whole.</summary>
public sealed record EventsRefused(string Title, int Status, string Detail, IReadOnlyList<EventError> Errors, string TraceId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EventsAccepted))]
[JsonSerializable(typeof(EventsRefused))]
internal sealed partial class EventJson : JsonSerializerContext;

/// <summary>A mistake within one event; the ones beside it can still be read.</summary>
internal sealed class EventException(string field, string message) : Exception(message)
{
    public string Field { get; } = field;
}
