using System.Runtime.CompilerServices;
using LittleService.Data.Items;
using LittleService.Jobs;
using Npgsql;

namespace LittleService.Data.Imports;

/// <summary>
/// What an attempt at an import reads and writes. Everything it writes names its run, so that only the newest attempt gets on.
/// </summary>
public sealed class ImportRuns(NpgsqlDataSource database, JobClient jobs, ImportEnds ends, TimeProvider time)
{
    private const string Advance =
        """
        update imports set position = $3, line = $4, rows_added = rows_added + $5, rows_refused = rows_refused + $6
        where id = $1 and run = $2 and state = 'running'
        """;

    // Imported items are searchable at once: as a job each, the index would cost a hundred times the import.
    private const string Insert =
        $"""
        insert into items (id, name, quantity, description, date_added, owner, search)
        select id, name, quantity, description, $5, $6, {ItemStore.Words}
        from unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) as new (id, name, quantity, description)
        """;

    /// <summary>Takes the import over from whoever had it; null where it has ended.</summary>
    public async Task<Import?> StartAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            $"""
            update imports set state = 'running', run = run + 1 where id = $1 and state in ('waiting', 'running')
            returning {ImportTable.Columns}
            """).With(id);
        return (await command.ReadAsync(ImportTable.Read, cancellationToken)).SingleOrDefault();
    }

    public async Task<bool> IsRunningAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select exists (select from imports where id = $1 and state = 'running')")
            .With(id);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

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
            await using var command = database.CreateCommand("select content from import_chunks where import_id = $1 and number = $2")
                .With(import.Id, number);
            var content = await command.ExecuteScalarAsync(cancellationToken) as byte[] ?? throw new ImportOverException();
            yield return content.AsMemory((int)Math.Max(0, position - ((long)number * ImportStore.ChunkSize)));
        }
    }

    /// <summary>Adds rows, notes those that were refused, and moves the position behind them: all or none of it.</summary>
    /// <exception cref="ImportOverException">The import is no longer this attempt's; nothing was written.</exception>
    public async Task SaveAsync(Import import, ImportBatch batch, CancellationToken cancellationToken)
    {
        await using var transaction = await jobs.BeginAsync(cancellationToken);
        await using (var advance = transaction.Command(
            Advance, import.Id, import.Run, batch.Position, batch.Line, batch.Rows.Count, batch.Refused))
        {
            if (await advance.ExecuteNonQueryAsync(cancellationToken) == 0) throw new ImportOverException();
        }

        await AddAsync(transaction, import, batch.Rows, cancellationToken);
        await RefuseAsync(transaction, import.Id, batch.Errors, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Tells how far an import is that writes nothing yet.</summary>
    public async Task ReportAsync(Import import, long position, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Advance).With(import.Id, import.Run, position, 1, 0, 0);
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0) throw new ImportOverException();
    }

    public Task<JobTransaction> BeginAsync(CancellationToken cancellationToken) => jobs.BeginAsync(cancellationToken);

    public async Task AddAsync(
        JobTransaction transaction, Import import, IReadOnlyList<ImportRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        var now = time.GetUtcNow();
        await using var command = transaction.Command(
            Insert, rows.Select(row => row.IdIn(import)).ToArray(), rows.Select(row => row.Fields.Name).ToArray(),
            rows.Select(row => row.Fields.Quantity).ToArray(), rows.Select(row => row.Fields.Description).ToArray(), now.UtcDateTime,
            import.Owner);
        await command.ExecuteNonQueryAsync(cancellationToken);
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
    public async Task CleanAsync(TimeSpan keep, TimeSpan uploading, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            "delete from imports where finished_at < now() - $1::interval or (state = 'uploading' and created_at < now() - $2::interval)")
                .With(keep, uploading);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task RefuseAsync(
        JobTransaction transaction, Guid id, List<ImportError> errors, CancellationToken cancellationToken)
    {
        if (errors.Count == 0) return;
        await using var command = transaction.Command(
            """
            insert into import_errors (import_id, line, reason)
            select $1, line, reason from unnest($2::int[], $3::text[]) as new (line, reason)
            """,
            id, errors.Select(error => error.Line).ToArray(), errors.Select(error => error.Reason).ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
