using LittleService.Jobs;

namespace LittleService.Data.Items;

/// <summary>An event of items, for listeners.</summary>
/// <param name="Type">One of <see cref="ItemEvents"/>.</param>
/// <param name="Data">The item as it is now, or was last; public, as JSON.</param>
public sealed record ItemEvent(string Type, object Data);

/// <summary>Is called within the transaction of the change: what it writes or enqueues there is committed with the change.</summary>
public interface IItemEventListener
{
    Task OnAsync(JobTransaction transaction, ItemEvent e, CancellationToken cancellationToken);
}

/// <summary>What happens to items.</summary>
public sealed class ItemEvents(IEnumerable<IItemEventListener> listeners)
{
    public const string Created = "item.created";
    public const string Changed = "item.changed";
    public const string Deleted = "item.deleted";

    /// <summary>Stands for all items of an import: one event and not one per row.</summary>
    public const string Imported = "items.imported";

    public static IReadOnlyList<string> All { get; } = [Created, Changed, Deleted, Imported];

    public async Task RaiseAsync(JobTransaction transaction, ItemEvent e, CancellationToken cancellationToken)
    {
        foreach (var listener in listeners) await listener.OnAsync(transaction, e, cancellationToken);
    }
}
