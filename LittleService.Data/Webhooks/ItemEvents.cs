using System.Text.Json;
using LittleService.Jobs;

namespace LittleService.Data.Webhooks;

/// <summary>What third parties can be told about items.</summary>
public static class ItemEvents
{
    public const string Created = "item.created";
    public const string Changed = "item.changed";
    public const string Deleted = "item.deleted";

    /// <summary>Stands for all items of an import: one event and not one per row.</summary>
    public const string Imported = "items.imported";

    /// <summary>
    /// A condition in SQL: whether anybody has subscribed. Asked in the statement that changes the item (<c>returning …</c>), it spares
    /// those whom nobody listens to a job, and costs no round trip.
    /// </summary>
    public const string Wanted = "exists (select from webhooks)";

    public static IReadOnlyList<string> All { get; } = [Created, Changed, Deleted, Imported];

    /// <summary>Adds the event to the transaction of the change: subscribers are told if, and only if, it commits.</summary>
    /// <param name="transaction">The transaction of the change.</param>
    /// <param name="type">One of the names above.</param>
    /// <param name="data">The item as it is now, or the id of one that is gone; a caller's own record.</param>
    /// <param name="at">When it happened.</param>
    public static void Enqueue<TData>(JobTransaction transaction, string type, TData data, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var id = Guid.CreateVersion7(at);
        var body = JsonSerializer.Serialize(new { id, type, at = at.UtcDateTime, data }, JsonSerializerOptions.Web);
        transaction.Enqueue(new TellWebhooks(id, type, body));
    }
}
