using LittleService.Api.Http;
using LittleService.Data.Items;

namespace LittleService.Api.Items;

/// <summary>Pages of the list of items.</summary>
public sealed class ItemPaging(ItemStore store, Cursors cursors)
{
    /// <summary>A page; null when there is no such order, or the cursor does not belong to this list.</summary>
    public async Task<Page<Item>?> PageAsync(ItemQuery query, CancellationToken cancellationToken)
    {
        var sort = ItemSort.All.FirstOrDefault(sort => sort.Name == query.Sort);
        if (sort is null) return null;
        var search = string.IsNullOrWhiteSpace(query.Search) ? null : query.Search;
        return await cursors.PageAsync(
            $"items {sort.Name} {search}", query.Cursor, query.Limit,
            (after, most) => store.ListAsync(sort, search, after, most, cancellationToken), sort.PositionOf,
            cancellationToken);
    }
}
