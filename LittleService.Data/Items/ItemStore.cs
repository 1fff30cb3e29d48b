using Npgsql;

namespace LittleService.Data.Items;

/// <summary>Reads items.</summary>
public sealed class ItemStore(NpgsqlDataSource database, DatabaseWatch watch)
{
    internal const string Columns = "id, name, quantity, description, date_added, search is not null, version, owner";

    /// <summary>What the search column is filled with.</summary>
    internal const string Words = "search_words(name || ' ' || description)";

    private const string Found = "search @@ search_query($1)";

    public Task<Item?> FindAsync(Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand($"select {Columns} from items where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    });

    /// <summary>
    /// The first items of an order, or the next ones after a position of it; at most <paramref name="limit"/>, of those that a search
    /// finds.
    /// </summary>
    public Task<List<Item>> ListAsync(ItemSort sort, string? search, string[]? after, int limit, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand();
        var conditions = new List<string>();
        if (search is not null) conditions.Add(Found);
        if (after is not null) conditions.Add(sort.After(search is null ? 1 : 2));
        foreach (var text in (string[])[.. search is null ? [] : (string[])[search], .. after ?? []])
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        var where = conditions.Count == 0 ? "" : "where " + string.Join(" and ", conditions);
        command.CommandText = $"select {Columns} from items {where} {sort.OrderBy} limit ${command.Parameters.Count}";
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<Item>(limit);
        while (await reader.ReadAsync(cancellationToken)) items.Add(Read(reader));
        return items;
    });

    /// <summary>Fills the search column inside the caller's transaction. An item that was deleted meanwhile is skipped.</summary>
    public static async Task IndexAsync(NpgsqlTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"update items set search = {Words} where id = $1",
            transaction.Connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal static Item Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetDateTime(4), row.GetBoolean(5), row.GetInt32(6),
        row.IsDBNull(7) ? null : row.GetGuid(7));
}
