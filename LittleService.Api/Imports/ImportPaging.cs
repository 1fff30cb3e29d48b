using LittleService.Api.Http;
using LittleService.Data.Imports;

namespace LittleService.Api.Imports;

/// <summary>Pages of the list of an account's imports, the newest first.</summary>
public sealed class ImportPaging(ImportStore store, Cursors cursors)
{
    /// <summary>A page; null when the cursor does not belong to this list.</summary>
    public Task<Page<Import>?> PageAsync(Guid owner, int limit, string? cursor, CancellationToken cancellationToken) => cursors.PageAsync(
        $"imports {owner}", cursor, limit, (after, most) => store.ListAsync(owner, after, most, cancellationToken),
        import => [$"{import.Id}"], cancellationToken);
}
