using Dapper;
using Npgsql;

namespace LittleService.Data.Items;

/// <summary>Reads items.</summary>
public sealed class ItemStore(NpgsqlDataSource database, DatabaseWatch watch)
{
    internal const string Columns = "id, name, quantity, description, date_added, search is not null as searchable, version, owner";

    /// <summary>What the search column is filled with.</summary>
    internal const string Words = "search_words(name || ' ' || description)";

    public Task<Item?> FindAsync(Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
        (await database.QueryAsync<Item>($"select {Columns} from items where id = @id", new { id }, cancellationToken)).SingleOrDefault());

    /// <summary>
    /// A page of items in an order, after a position, optionally of those that match a search; at most <paramref name="limit"/>.
    /// </summary>
    public Task<List<Item>> ListAsync(ItemSort sort, string? search, string[]? after, int limit, CancellationToken cancellationToken)
    {
        // Conditions that are not needed are left out: the planner would not use an index for one that may be null.
        var matches = search is null ? "true" : "search @@ search_query(@search)";
        var follows = after is null ? "true" : sort.After;
        return watch.WaitAsync(() => database.QueryAsync<Item>(
            $"select {Columns} from items where {matches} and {follows} {sort.OrderBy} limit @limit",
            new { search, position = after?[0], id = after?[1], limit }, cancellationToken));
    }

    /// <summary>Fills the search column inside the caller's transaction. An item that was deleted meanwhile is skipped.</summary>
    public static Task IndexAsync(NpgsqlTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        transaction.Connection!.ExecuteAsync(
            new($"update items set search = {Words} where id = @id", new { id }, transaction, cancellationToken: cancellationToken));
}
