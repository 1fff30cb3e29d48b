using System.Diagnostics;
using LittleService.Data.Accounts;
using LittleService.Data.Audit;
using LittleService.Data.Idempotency;
using LittleService.Data.Webhooks;
using LittleService.Jobs;
using Npgsql;
using NpgsqlTypes;

namespace LittleService.Data.Items;

/// <summary>Changes items. Each change is committed together with its job and its row of the audit, or not at all.</summary>
public sealed class ItemWriter
{
    private readonly ItemStore _store;
    private readonly DatabaseWatch _watch;
    private readonly JobClient _jobs;
    private readonly TimeProvider _time;
    private readonly Batches<PendingChange> _additions;

    public ItemWriter(ItemStore store, DatabaseWatch watch, JobClient jobs, TimeProvider time) =>
        (_store, _watch, _jobs, _time, _additions) =
            (store, watch, jobs, time, new(additions => InsertAsync(additions, null, null, CancellationToken.None)));

    /// <summary>Adds an item that belongs to whoever adds it. Concurrent additions share a commit.</summary>
    public Task<Item> AddAsync(ItemFields fields, Caller caller, CancellationToken cancellationToken) => _watch.WaitAsync(async () =>
    {
        var item = NewItem(fields, caller);
        await _additions.WriteAsync(PendingChange.Of(ItemEvents.Created, item, caller)).WaitAsync(cancellationToken);
        return item;
    });

    /// <summary>Adds an item once per key, however often it is asked to.</summary>
    /// <returns>What <paramref name="answer"/> gave when it was added.</returns>
    /// <exception cref="IdempotencyKeyReusedException">The key was used for another request.</exception>
    public Task<byte[]> AddOnceAsync(
        ItemFields fields, Caller caller, IdempotencyKey key, Func<Item, byte[]> answer, CancellationToken cancellationToken) =>
        _watch.WaitAsync(async () =>
        {
            var item = NewItem(fields, caller);
            var given = answer(item);
            return await InsertAsync([PendingChange.Of(ItemEvents.Created, item, caller)], key, given, cancellationToken) ?? given;
        });

    /// <summary>Changes an item that is still of one of the versions; null takes any.</summary>
    public Task<(ItemOutcome Outcome, Item? Item)> ChangeAsync(
        Guid id, ItemFields fields, int[]? versions, Caller caller, CancellationToken cancellationToken) =>
        WriteAsync(ItemEvents.Changed, "update items set name = $5, quantity = $6, description = $7, version = version + 1, search = null",
            id, fields, versions, caller, cancellationToken);

    /// <summary>Deletes an item that is still of one of the versions; null takes any.</summary>
    public Task<(ItemOutcome Outcome, Item? Item)> DeleteAsync(
        Guid id, int[]? versions, Caller caller, CancellationToken cancellationToken) =>
        WriteAsync(ItemEvents.Deleted, "delete from items", id, null, versions, caller, cancellationToken);

    private Item NewItem(ItemFields fields, Caller caller)
    {
        // To the microsecond, as Postgres keeps it: what we answer now is what is read later.
        var now = _time.GetUtcNow();
        now = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        return new(Guid.CreateVersion7(now), fields.Name, fields.Quantity, fields.Description, now.UtcDateTime, Searchable: false,
            Version: 1, caller.AccountId);
    }

    private async Task<byte[]?> InsertAsync(
        IReadOnlyList<PendingChange> additions, IdempotencyKey? key, byte[]? answer, CancellationToken cancellationToken)
    {
        await using var transaction = await _jobs.BeginAsync(cancellationToken);
        if (key is not null && await IdempotencyKeys.KeepAsync(transaction.Transaction, key, answer!, cancellationToken) is { } given)
            return given;
        await using var command = new NpgsqlCommand(
            $"""
            with added as (
              insert into items (id, name, quantity, description, date_added, owner) select * from unnest($1, $2, $3, $4, $5, $6))
            select {ItemEvents.Wanted}
            """,
            transaction.Connection,
            transaction.Transaction);
        Add(command, NpgsqlDbType.Uuid, additions, static item => item.Id);
        Add(command, NpgsqlDbType.Text, additions, static item => item.Name);
        Add(command, NpgsqlDbType.Integer, additions, static item => item.Quantity);
        Add(command, NpgsqlDbType.Text, additions, static item => item.Description);
        Add(command, NpgsqlDbType.TimestampTz, additions, static item => item.DateAdded);
        Add(command, NpgsqlDbType.Uuid, additions, static item => item.Owner);
        var wanted = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        await CommitAsync(transaction, additions, wanted, cancellationToken);
        return null;
    }

    private Task<(ItemOutcome Outcome, Item? Item)> WriteAsync(
        string what, string statement, Guid id, ItemFields? fields, int[]? versions, Caller caller,
        CancellationToken cancellationToken) => _watch.WaitAsync(async () =>
    {
        var item = await TryWriteAsync(what, statement, id, fields, versions, caller, cancellationToken);
        return (item is null ? await WhyNotAsync(id, caller, cancellationToken) : ItemOutcome.Done, item);
    });

    // Whose the item is and which version it has are conditions of the statement itself: of fifty who change it at once, one does.
    private async Task<Item?> TryWriteAsync(
        string what, string statement, Guid id, ItemFields? fields, int[]? versions, Caller caller, CancellationToken cancellationToken)
    {
        await using var transaction = await _jobs.BeginAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"""
            {statement} where id = $1 and ($2 or owner = $3) and ($4::integer[] is null or version = any($4))
            returning {ItemStore.Columns}, {ItemEvents.Wanted}
            """, transaction.Connection, transaction.Transaction)
        {
            Parameters =
            {
                new() { Value = id }, new() { Value = caller.Role == Role.Admin }, new() { Value = caller.AccountId },
                new() { Value = (object?)versions ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer },
            },
        };
        if (fields is not null)
            command.Parameters.AddRange(
                (NpgsqlParameter[])[new() { Value = fields.Name }, new() { Value = fields.Quantity },
                    new() { Value = fields.Description }]);
        Item item;
        bool wanted;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken)) return null;
            (item, wanted) = (ItemStore.Read(reader), reader.GetBoolean(8));
        }

        await CommitAsync(transaction, [PendingChange.Of(what, item, caller)], wanted, cancellationToken);
        return item;
    }

    private async Task<ItemOutcome> WhyNotAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        await _store.FindAsync(id, cancellationToken) switch
        {
            null => ItemOutcome.Unknown,
            var item when caller.Role != Role.Admin && item.Owner != caller.AccountId => ItemOutcome.NotYours,
            _ => ItemOutcome.Stale,
        };

    // Whatever has to happen with every change belongs here.
    private async Task CommitAsync(
        JobTransaction transaction, IReadOnlyList<PendingChange> changes, bool wanted, CancellationToken cancellationToken)
    {
        var current = Activity.Current;
        foreach (var (what, item, _, request) in changes)
        {
            Activity.Current = request;
            if (what != ItemEvents.Deleted) transaction.Enqueue(new IndexItem(item.Id));
            if (wanted)
                ItemEvents.Enqueue(
                    transaction, what, new { item.Id, item.Name, item.Quantity, item.Description, item.DateAdded }, _time.GetUtcNow());
        }

        Activity.Current = current;
        await AuditLog.WriteAsync(transaction.Transaction, cancellationToken, [.. changes.Select(change => change.Entry)]);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void Add<T>(NpgsqlCommand command, NpgsqlDbType type, IReadOnlyList<PendingChange> additions, Func<Item, T> value) =>
        command.Parameters.Add(
            new() { Value = additions.Select(addition => value(addition.Item)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
}
