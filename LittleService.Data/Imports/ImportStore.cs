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
    /// <summary>How many bytes of the upload a row holds: below the large object heap.</summary>
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
            // The lock serializes the count per account. Uploads that broke off are deleted after a day.
            await transaction.ExecuteAsync("select from accounts where id = @owner for no key update", new { owner }, cancellationToken);
            var added = await transaction.ExecuteAsync(
                """
                insert into imports (id, owner, who, mode) select @id, @owner, @who, @mode where (
                  select count(*) from imports where owner = @owner and (state in ('waiting', 'running')
                    or state = 'uploading' and created_at > now() - interval '15 minutes')) < @MostAtOnce
                """, new { id, owner, who, mode, MostAtOnce }, cancellationToken);
            if (added == 0) throw new TooManyImportsException();
            await transaction.CommitAsync(cancellationToken);
            return id;
        });
    }

    // Each piece is a transaction of its own: a slow upload must hold no connection.
    public Task AddChunkAsync(Guid id, int number, byte[] content, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        database.ExecuteAsync(
            "insert into import_chunks (import_id, number, content) values (@id, @number, @content)", new { id, number, content },
            cancellationToken));

    /// <summary>Completes the upload and enqueues its job.</summary>
    public Task<Import> StartAsync(Guid id, long size, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var job = transaction.Enqueue(new ImportItems(id));
        var import = (await transaction.QueryAsync<Import>(
            $"update imports set state = 'waiting', size = @size, job_id = @job where id = @id returning {Import.Columns}",
            new { id, size, job }, cancellationToken)).Single();
        await transaction.CommitAsync(cancellationToken);
        return import;
    });

    /// <summary>Deletes an upload that broke off.</summary>
    public Task DropAsync(Guid id, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        database.ExecuteAsync("delete from imports where id = @id and state = 'uploading'", new { id }, cancellationToken));

    /// <summary>A page of imports, newest first, after a position; at most <paramref name="limit"/>.</summary>
    public Task<List<Import>> ListAsync(Guid owner, string[]? after, int limit, CancellationToken cancellationToken) =>
        watch.WaitAsync(() => database.QueryAsync<Import>(
            $"""
            select {Import.Columns} from imports
            where owner = @owner and state <> 'uploading' and (@after is null or id < @after::uuid) order by id desc limit @limit
            """, new { owner, after = after?[0], limit }, cancellationToken));

    public Task<Import?> FindAsync(Guid owner, Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
        (await database.QueryAsync<Import>(
            $"select {Import.Columns} from imports where owner = @owner and id = @id and state <> 'uploading'", new { owner, id },
            cancellationToken)).SingleOrDefault());

    /// <summary>The first refused rows.</summary>
    public Task<List<ImportError>> ErrorsAsync(Guid id, CancellationToken cancellationToken) => watch.WaitAsync(() =>
        database.QueryAsync<ImportError>(
            "select line, reason from import_errors where import_id = @id order by line", new { id }, cancellationToken));

    /// <summary>
    /// Cancels an import: in row-by-row mode the added rows stay, in the other mode none were added. False where it has ended already.
    /// </summary>
    public Task<bool> CancelAsync(Guid owner, Guid id, CancellationToken cancellationToken) => watch.WaitAsync(async () =>
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        return await ends.EndAsync(transaction, id, new(Import.Cancelled), run: null, owner, cancellationToken);
    });
}
