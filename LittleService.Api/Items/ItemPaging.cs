using LittleService.Data.Items;

namespace LittleService.Api.Items;

public static class ItemPaging
{
    /// <summary>The page after <paramref name="cursor"/>, or the first; null when that is no cursor of ours.</summary>
    public static async Task<ItemPage?> PageAsync(this ItemStore store, string? cursor, int limit, CancellationToken cancellationToken)
    {
        Guid? before = null;
        if (cursor is not null)
        {
            if (!ItemCursor.TryRead(cursor, out var last)) return null;
            before = last;
        }

        // One more than asked for tells whether a page follows.
        var items = await store.ListAsync(before, limit + 1, cancellationToken);
        if (items.Count <= limit) return new ItemPage(items, Next: null);
        items.RemoveAt(limit);
        return new ItemPage(items, ItemCursor.From(items[^1].Id));
    }
}
