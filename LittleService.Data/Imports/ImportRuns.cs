using System.Runtime.CompilerServices;
using LittleService.Data.Items;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Imports;

/// <summary>
/// Reads and writes of an attempt at an import. Every write names its run, so that only the newest attempt succeeds.
/// </summary>
public sealed class ImportRuns(NpgsqlDataSource database, JobClient jobs, ImportEnds ends, TimeProvider time)
{
    private const string Advance =
        """
        update imports set position = @position, line = @line, rows_added = rows_added + @added, rows_refused = rows_refused + @refused
        where id = @Id and run = @Run and state = 'running'
        """;

    // Imported items are searchable at once: as a job each, the index would cost a hundred times the import.
    private const string Insert =
        $"""
        insert into items (id, name, quantity, description, date_added, owner, search)
        select id, name, quantity, description, @now, @Owner, {ItemStore.Words}
        from unnest(@ids, @names, @quantities, @descriptions) as new (id, name, quantity, description)
        """;

    /// <summary>Takes the import over from an earlier attempt; null where it has ended.</summary>
    public async Task<Import?> StartAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.QueryAsync<Import>(
            $"""
            update imports set state = 'running', run = run + 1 where id = @id and state in ('waiting', 'running')
            returning {Import.Columns}
            """, new { id }, cancellationToken)).SingleOrDefault();

    public async Task<bool> IsRunningAsync(Guid id, CancellationToken cancellationToken) =>
        await database.QueryAsync<bool>(
            "select exists (select from imports where id = @id and state = 'running')", new { id }, cancellationToken) is [true];

    /// <summary>The first piece of the upload.</summary>
    public async Task<ReadOnlyMemory<byte>> HeadAsync(Import import, CancellationToken cancellationToken)
    {
        await foreach (var piece in ContentAsync(import, 0, cancellationToken)) return piece;
        return default;
    }

    /// <summary>The upload from the byte <paramref name="position"/> on.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ContentAsync(
        Import import, long position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var number = (int)(position / ImportStore.ChunkSize); (long)number * ImportStore.ChunkSize < import.Size; number++)
        {
            var found = await database.QueryAsync<byte[]>(
                "select content from import_chunks where import_id = @Id and number = @number", new { import.Id, number },
                cancellationToken);
            if (found is not [var content]) throw new ImportOverException();
            yield return content.AsMemory((int)Math.Max(0, position - ((long)number * ImportStore.ChunkSize)));
        }
    }

    /// <summary>Adds rows, records refused ones, and advances the position: all or nothing.</summary>
    /// <exception cref="ImportOverException">The import is no longer this attempt's; nothing was written.</exception>
    public async Task SaveAsync(Import import, ImportBatch batch, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        var advanced = await transaction.ExecuteAsync(
            Advance,
            new { import.Id, import.Run, position = batch.Position, line = batch.Line, added = batch.Rows.Count, refused = batch.Refused },
            cancellationToken);
        if (advanced == 0) throw new ImportOverException();
        await AddAsync(transaction, import, batch.Rows, cancellationToken);
        await RefuseAsync(transaction, import.Id, batch.Errors, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Reports the progress of an import that writes nothing yet.</summary>
    public async Task ReportAsync(Import import, long position, CancellationToken cancellationToken)
    {
        var advanced = await database.ExecuteAsync(
            Advance, new { import.Id, import.Run, position, line = 1, added = 0, refused = 0 }, cancellationToken);
        if (advanced == 0) throw new ImportOverException();
    }

    public Task<JobTransaction> BeginAsync(CancellationToken cancellationToken) => jobs.BeginAsync(cancellationToken);

    public async Task AddAsync(
        JobTransaction transaction, Import import, IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        var values = new
        {
            ids = rows.Select(row => row.IdIn(import)).ToArray(),
            names = rows.Select(row => row.Fields.Name).ToArray(),
            quantities = rows.Select(row => row.Fields.Quantity).ToArray(),
            descriptions = rows.Select(row => row.Fields.Description).ToArray(),
            now = time.GetUtcNow().UtcDateTime,
            import.Owner,
        };
        await transaction.ExecuteAsync(Insert, values, cancellationToken);
    }

    /// <summary>Ends the import and commits the transaction.</summary>
    /// <exception cref="ImportOverException">The import is no longer this attempt's; nothing was written.</exception>
    public async Task EndAsync(
        JobTransaction transaction, Import import, ImportEnd end, List<ImportError> errors, CancellationToken cancellationToken)
    {
        await RefuseAsync(transaction, import.Id, errors, cancellationToken);
        if (!await ends.EndAsync(transaction, import.Id, end, import.Run, owner: null, cancellationToken)) throw new ImportOverException();
    }

    /// <summary>Deletes imports that ended long ago, and uploads that broke off with the api that took them.</summary>
    public Task CleanAsync(TimeSpan keep, TimeSpan uploading, CancellationToken cancellationToken) => database.ExecuteAsync(
        "delete from imports where finished_at < now() - @keep or (state = 'uploading' and created_at < now() - @uploading)",
        new { keep, uploading }, cancellationToken);

    private static async Task RefuseAsync(
        JobTransaction transaction, Guid id, List<ImportError> errors, CancellationToken cancellationToken)
    {
        if (errors.Count == 0) return;
        var (lines, reasons) = (errors.Select(error => error.Line).ToArray(), errors.Select(error => error.Reason).ToArray());
        await transaction.ExecuteAsync(
            """
            insert into import_errors (import_id, line, reason)
            select @id, line, reason from unnest(@lines, @reasons) as new (line, reason)
            """, new { id, lines, reasons }, cancellationToken);
    }
}
