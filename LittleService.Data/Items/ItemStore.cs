using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Items;

public sealed class ItemStore(NpgsqlDataSource database, DatabaseWatch watch, JobClient jobs, TimeProvider time)
{
    private const string Select = "select id, name, quantity, description, date_added, search is not null from items";

    /// <summary>Adds the item and the job that makes it searchable: both or neither.</summary>
    public Task<Item> AddAsync(string name, int quantity, string description, CancellationToken cancellationToken)
    {
        // To the microsecond, as Postgres keeps it: what we answer now is what is read later.
        var now = time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        var item = new Item(Guid.CreateVersion7(now), name, quantity, description, now.UtcDateTime, Searchable: false);
        return watch.WaitAsync(() => InsertAsync(item, cancellationToken));
    }

    public Task<Item?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => ReadAsync(id, cancellationToken));

    /// <summary>The newest items, or the next older ones after <paramref name="before"/>; at most <paramref name="limit"/>.</summary>
    public Task<List<Item>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken) =>
        // No item is newer than the largest id, so one statement, prepared once, serves the first page and all that follow.
        watch.WaitAsync(() => ReadManyAsync(before ?? Guid.AllBitsSet, limit, cancellationToken));

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

    private async Task<Item> InsertAsync(Item item, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "insert into items (id, name, quantity, description, date_added) values ($1, $2, $3, $4, $5)",
            transaction.Connection,
            transaction.Transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = item.Id });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Name });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = item.Quantity });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = item.Description });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = item.DateAdded });
        await command.ExecuteNonQueryAsync(cancellationToken);
        transaction.Enqueue(new IndexItem(item.Id));
        await transaction.CommitAsync(cancellationToken);
        return item;
    }

    private async Task<Item?> ReadAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Select} where id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private async Task<List<Item>> ReadManyAsync(Guid before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"{Select} where id < $1 order by id desc limit $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = before });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var items = new List<Item>(limit);
        while (await reader.ReadAsync(cancellationToken)) items.Add(Read(reader));
        return items;
    }

    private static Item Read(NpgsqlDataReader row) =>
        new(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetDateTime(4), row.GetBoolean(5));
}
