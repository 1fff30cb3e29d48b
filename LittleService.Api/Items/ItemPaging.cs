using LittleService.Api.Http;
using LittleService.Data.Items;

namespace LittleService.Api.Items;

/// <summary>Pages of the list of items.</summary>
public sealed class ItemPaging(ItemStore store, Cursors cursors)
{
    /// <summary>A page; null when there is no such order, or the cursor is none of this list.</summary>
    public async Task<(IReadOnlyList<Item> Items, string? Next)?> PageAsync(ItemQuery query, CancellationToken cancellationToken)
    {
        var sort = ItemSort.All.FirstOrDefault(sort => sort.Name == query.Sort);
        if (sort is null) return null;
        var search = string.IsNullOrWhiteSpace(query.Search) ? null : query.Search;
        var list = $"items {sort.Name} {search}";
        var after = query.Cursor is null ? null : await cursors.ReadAsync(list, query.Cursor, cancellationToken);
        if (after is null && query.Cursor is not null) return null;

        // One more than asked for tells whether a page follows.
        var items = await store.ListAsync(sort, search, after, query.Limit + 1, cancellationToken);
        if (items.Count <= query.Limit) return (items, null);
        items.RemoveAt(query.Limit);
        return (items, await cursors.WriteAsync(list, sort.PositionOf(items[^1]), cancellationToken));
    }
}
