using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Imports;

/// <summary>An account has <see cref="ImportStore.MostAtOnce"/> imports under way.</summary>
public sealed class TooManyImportsException()
    : Exception($"You have {ImportStore.MostAtOnce} imports under way. Wait for one of them to end, or cancel it.");

/// <summary>The imports of an account: taking one, looking at it, cancelling it.</summary>
public sealed class ImportStore(
    NpgsqlDataSource database, DatabaseWatch watch, JobClient jobs, ImportEnds ends, TimeProvider time)
{
    /// <summary>How many bytes of the upload a row holds: small enough for the heap that is collected often.</summary>
    public const int ChunkSize = 64 * 1024;

    /// <summary>How many refused rows are reported one by one; the others are counted.</summary>
    public const int MostErrors = 100;

    /// <summary>How many imports of an account may be under way at once: each holds up to 50 MB of the database.</summary>
    public const int MostAtOnce = 10;

    /// <exception cref="TooManyImportsException">The account has as many under way as it may.</exception>
    public Task<Guid> BeginAsync(Guid owner, string who, string mode, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7(time.GetUtcNow());
        return watch.WaitAsync(async () =>
        {
            await using var transaction = await jobs.BeginAsync(cancellationToken);
            // One at a time counts those of an account. Of uploads that broke off without a word, each is forgotten after a day.
            await using var locking = transaction.Command("select from accounts where id = $1 for no key update", owner);
            await locking.ExecuteNonQueryAsync(cancellationToken);
            await using var command = transaction.Command(
                """
                insert into imports (id, owner, who, mode) select $1, $2, $3, $4 where (
                  select count(*) from imports where owner = $2 and (state in ('waiting', 'running')
                    or state = 'uploading' and created_at > now() - interval '15 minutes')) < $5
                """,
                id, owner, who, mode, MostAtOnce);
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) throw new TooManyImportsException();
            await transaction.CommitAsync(cancellationToken);
            return id;
        });
    }

    // Each piece is a transaction of its own: a slow upload must hold no connection.
    public Task AddChunkAsync(Guid id, int number, byte[] content, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        ExecuteAsync("insert into import_chunks (import_id, number, content) values ($1, $2, $3)", cancellationToken, id, number, content));

    /// <summary>The upload is whole: from here on it cannot be lost.</summary>
    public Task<Import> StartAsync(Guid id, long size, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var job = transaction.Enqueue(new ImportItems(id));
        await using var command = transaction.Command(
            $"update imports set state = 'waiting', size = $2, job_id = $3 where id = $1 returning {ImportTable.Columns}", id, size, job);
        var import = (await command.ReadAsync(ImportTable.Read, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        return import;
    });

    /// <summary>Forgets an upload that broke off.</summary>
    public Task DropAsync(Guid id, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        ExecuteAsync("delete from imports where id = $1 and state = 'uploading'", cancellationToken, id));

    /// <summary>The newest imports, or the next older ones after a position; at most <paramref name="limit"/>.</summary>
    public Task<List<Import>> ListAsync(Guid owner, string[]? after, int limit, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => ReadAsync(
        "owner = $1 and state <> 'uploading' and ($2::text is null or id < $2::uuid) order by id desc limit $3", cancellationToken, owner,
        after?[0], limit));

    public Task<Import?> FindAsync(Guid owner, Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
        (await ReadAsync("owner = $1 and id = $2 and state <> 'uploading'", cancellationToken, owner, id)).SingleOrDefault());

    /// <summary>The first refused rows.</summary>
    public Task<List<ImportError>> ErrorsAsync(Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var command = database.CreateCommand("select line, reason from import_errors where import_id = $1 order by line")
            .With(id);
        return await command.ReadAsync(row => new ImportError(row.GetInt32(0), row.GetString(1)), cancellationToken);
    });

    /// <summary>
    /// Ends an import before its time: added rows stay in row-by-row mode, and in the other there are none yet. False where it has ended
    /// already.
    /// </summary>
    public Task<bool> CancelAsync(Guid owner, Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        return await ends.EndAsync(transaction, id, new(Import.Cancelled), run: null, owner, cancellationToken);
    });

    private async Task<List<Import>> ReadAsync(string where, CancellationToken cancellationToken, params object?[] values)
    {
        await using var command = database.CreateCommand($"select {ImportTable.Columns} from imports where {where}").With(values);
        return await command.ReadAsync(ImportTable.Read, cancellationToken);
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = database.CreateCommand(sql).With(values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
