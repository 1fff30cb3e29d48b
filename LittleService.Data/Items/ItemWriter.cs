using LittleService.Data.Accounts;
using LittleService.Data.Audit;
using LittleService.Data.Idempotency;
using LittleService.Jobs;

namespace LittleService.Data.Items;

/// <summary>The outcome of a change.</summary>
public enum ItemOutcome
{
    Done,
    Unknown,
    Stale,
    NotYours,
}

/// <summary>Changes items. Each change is committed together with its job and its row of the audit, or not at all.</summary>
public sealed class ItemWriter(ItemStore store, ItemEvents events, DatabaseWatch watch, JobClient jobs, TimeProvider time)
{
    /// <summary>Adds an item, owned by the caller.</summary>
    public Task<Item> AddAsync(ItemFields fields, Caller caller, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        jobs.InTransactionAsync((transaction, stop) => InsertAsync(transaction, NewItem(fields, caller), caller, stop), cancellationToken));

    /// <summary>Adds an item once per key, however often the request is repeated.</summary>
    /// <returns>What <paramref name="response"/> gave when it was added.</returns>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another request.</exception>
    public Task<byte[]> AddOnceAsync(
        ItemFields fields, Caller caller, IdempotencyKey key, Func<Item, byte[]> response, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
        {
            var item = NewItem(fields, caller);
            var given = response(item);
            await using var transaction = await jobs.BeginAsync(cancellationToken);
            if (await IdempotencyKeys.KeepAsync(transaction, key, given, cancellationToken) is { } before) return before;
            await InsertAsync(transaction, item, caller, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return given;
        });

    /// <summary>Changes an item that is still of one of the versions; null takes any.</summary>
    public Task<(ItemOutcome Outcome, Item? Item)> ChangeAsync(
        Guid id, ItemFields fields, int[]? versions, Caller caller, CancellationToken cancellationToken) => UpdateAsync(
        ItemEvents.Changed,
        "update items set name = @Name, quantity = @Quantity, description = @Description, version = version + 1, search = null",
        id, fields, versions, caller, cancellationToken);

    /// <summary>Deletes an item that is still of one of the versions; null takes any.</summary>
    public Task<(ItemOutcome Outcome, Item? Item)> DeleteAsync(
        Guid id, int[]? versions, Caller caller, CancellationToken cancellationToken) =>
        UpdateAsync(ItemEvents.Deleted, "delete from items", id, fields: null, versions, caller, cancellationToken);

    private Item NewItem(ItemFields fields, Caller caller)
    {
        // Truncated to microseconds, the resolution of Postgres, so that the response equals what is read later.
        var now = time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return new(Guid.CreateVersion7(now), fields.Name, fields.Quantity, fields.Description, now.UtcDateTime, Searchable: false,
            Version: 1, caller.AccountId);
    }

    private async Task<Item> InsertAsync(JobTransaction transaction, Item item, Caller caller, CancellationToken cancellationToken)
    {
        transaction.Add(
            "insert into items (id, name, quantity, description, date_added, owner) values ($1, $2, $3, $4, $5, $6)",
            item.Id, item.Name, item.Quantity, item.Description, item.DateAdded, item.Owner);
        await NoteAsync(transaction, ItemEvents.Created, item, caller, cancellationToken);
        return item;
    }

    // Owner and version are conditions of the statement itself: of fifty concurrent changes one succeeds.
    private Task<(ItemOutcome Outcome, Item? Item)> UpdateAsync(
        string type, string sql, Guid id, ItemFields? fields, int[]? versions, Caller caller, CancellationToken cancellationToken) =>
        watch.WaitAsync(async () =>
        {
            await using var transaction = await jobs.BeginAsync(cancellationToken);
            var admin = caller.Role == Role.Admin;
            var values = new { id, fields?.Name, fields?.Quantity, fields?.Description, versions, caller.AccountId, admin };
            var changed = await transaction.QueryAsync<Item>(
                $"""
                {sql} where id = @id and (@admin or owner = @AccountId) and (@versions::integer[] is null or version = any(@versions))
                returning {ItemStore.Columns}
                """, values, cancellationToken);
            if (changed is not [var item])
                return (await WhyNotAsync(id, caller, cancellationToken), null);
            await NoteAsync(transaction, type, item, caller, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return (ItemOutcome.Done, (Item?)item);
        });

    private async Task<ItemOutcome> WhyNotAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken) switch
        {
            null => ItemOutcome.Unknown,
            var item when caller.Role != Role.Admin && item.Owner != caller.AccountId => ItemOutcome.NotYours,
            _ => ItemOutcome.Stale,
        };

    // The job, the event and the audit entry of a change.
    private async Task NoteAsync(JobTransaction transaction, string type, Item item, Caller caller, CancellationToken cancellationToken)
    {
        var gone = type == ItemEvents.Deleted;
        if (!gone) transaction.Enqueue(new IndexItem(item.Id));
        var data = new { item.Id, item.Name, item.Quantity, item.Description, item.DateAdded };
        await events.RaiseAsync(transaction, new(type, data), cancellationToken);
        AuditLog.Add(transaction, new(caller.Name, type, $"{item.Id}", gone ? item.Name : null));
    }
}
