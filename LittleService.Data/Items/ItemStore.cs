using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Items;

public sealed class ItemStore(NpgsqlDataSource database, JobClient jobs, TimeProvider time)
{
    private const string Select = "select id, name, quantity, description, date_added, search is not null from items";

    /// <summary>Adds the item and the job that makes it searchable: both or neither.</summary>
    public async Task<Item> AddAsync(string name, int quantity, string description, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var item = new Item(Guid.CreateVersion7(now), name, quantity, description, now.UtcDateTime, Searchable: false);

        await using var transaction = await jobs.BeginAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "insert into items (id, name, quantity, description, date_added) values ($1, $2, $3, $4, $5)",
            transaction.Connection,
            transaction.Transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = quantity });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = description });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = item.DateAdded });
        await command.ExecuteNonQueryAsync(cancellationToken);
        transaction.Enqueue(new IndexItem(item.Id));
        await transaction.CommitAsync(cancellationToken);
        return item;
    }

    public async Task<Item?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Select} where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>The newest items, or the next older ones after <paramref name="before"/>; at most <paramref name="limit"/>.</summary>
    public async Task<List<Item>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken)
    {
        // No item is older than the largest id, so one statement, prepared once, serves the first page and all that follow.
        await using var command = database.CreateCommand($"{Select} where id < $1 order by id desc limit $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = before ?? Guid.AllBitsSet });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<Item>(limit);
        while (await reader.ReadAsync(cancellationToken)) items.Add(Read(reader));
        return items;
    }

    /// <summary>Fills the search column inside the caller's transaction. An item that is gone meanwhile is none of its business.</summary>
    public static async Task IndexAsync(NpgsqlTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "update items set search = setweight(to_tsvector('simple', name), 'A') || to_tsvector('simple', description) where id = $1",
            transaction.Connection,
            transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Item Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetDateTime(4), row.GetBoolean(5));
}
