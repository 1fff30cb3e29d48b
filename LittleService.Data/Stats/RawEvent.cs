using System.Text;
using LittleService.Data.Events;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Data.Stats;

/// <summary>A single event as a row.</summary>
internal sealed record RawEvent(DateTime OccurredAt, string Name, Guid? Id, string? Subject, double? Value, string? Properties)
{
    public static RawEvent Of(in PackedEvent e) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(e.Milliseconds).UtcDateTime, Text(e.Name)!, e.Id, Text(e.Subject), e.Value, Text(e.Properties));

    public static async Task SaveAsync(NpgsqlConnection connection, List<RawEvent> events, CancellationToken cancellationToken)
    {
        await using var import = await connection.BeginBinaryImportAsync(
            "copy events (occurred_at, name, id, subject, value, properties) from stdin (format binary)", cancellationToken);
        foreach (var e in events)
        {
            await import.StartRowAsync(cancellationToken);
            await import.WriteAsync(e.OccurredAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await import.WriteAsync(e.Name, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(import, e.Id, NpgsqlDbType.Uuid, cancellationToken);
            await WriteAsync(import, e.Subject, NpgsqlDbType.Text, cancellationToken);
            await WriteAsync(import, e.Value, NpgsqlDbType.Double, cancellationToken);
            await WriteAsync(import, e.Properties, NpgsqlDbType.Jsonb, cancellationToken);
        }
        await import.CompleteAsync(cancellationToken);
    }

    private static Task WriteAsync<T>(NpgsqlBinaryImporter import, T value, NpgsqlDbType type, CancellationToken cancellationToken) =>
        value is null ? import.WriteNullAsync(cancellationToken) : import.WriteAsync(value, type, cancellationToken);

    private static string? Text(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Encoding.UTF8.GetString(text);
}
