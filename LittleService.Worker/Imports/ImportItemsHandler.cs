using LittleService.Data.Imports;
using LittleService.Jobs;

namespace LittleService.Worker.Imports;

public sealed class ImportItemsHandler(ImportRuns runs) : IJobHandler<ImportItems>
{
    private static readonly TimeSpan UntilTheOtherIsDone = TimeSpan.FromSeconds(5);

    public async Task HandleAsync(ImportItems job, JobContext context, CancellationToken cancellationToken)
    {
        if (await runs.StartAsync(job.ImportId, cancellationToken) is not { } import) return;
        try
        {
            await RunAsync(import, cancellationToken);
        }
        catch (ImportOverException)
        {
            // Either it was cancelled, and is over; or another attempt has begun, and one of the two must finish it.
            if (await runs.IsRunningAsync(import.Id, cancellationToken))
                throw new RetryLaterException(UntilTheOtherIsDone, "Another attempt is at it.");
        }
    }

    private async Task RunAsync(Import import, CancellationToken cancellationToken)
    {
        var dialect = CsvDialect.Read((await runs.HeadAsync(import, cancellationToken)).Span, out var problem);
        if (dialect is null)
        {
            await EndAsync(import, new(Import.Failed, problem), [], cancellationToken);
            return;
        }

        await using var content = runs.ContentAsync(import, dialect.Start, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var reader = dialect.Reader(content);
        var columns = ImportColumns.Read(await reader.ReadAsync(cancellationToken), out problem);
        if (columns is null) await EndAsync(import, new(Import.Failed, problem), [], cancellationToken);
        else if (import.Mode == Import.RowByRow) await AddRowByRowAsync(import, dialect, columns, reader, cancellationToken);
        else await AddAllOrNothingAsync(import, dialect, columns, cancellationToken);
    }

    private async Task AddRowByRowAsync(
        Import import, CsvDialect dialect, ImportColumns columns, CsvReader reader, CancellationToken cancellationToken)
    {
        await using var rest = runs.ContentAsync(import, import.Position, cancellationToken).GetAsyncEnumerator(cancellationToken);
        if (import.Position > 0) reader = dialect.Reader(rest, import.Position, import.Line);
        var reported = import.RowsRefused;
        while (true)
        {
            var batch = await ReadAsync(columns, reader, reported, cancellationToken);
            if (batch.Position == 0) break;
            await runs.SaveAsync(import, batch, cancellationToken);
            reported += batch.Refused;
        }

        await EndAsync(import, new(Import.Completed), [], cancellationToken);
    }

    // Read twice: first to validate everything, so that no bad row is found after thousands were written.
    private async Task AddAllOrNothingAsync(Import import, CsvDialect dialect, ImportColumns columns, CancellationToken cancellationToken)
    {
        var refused = new ImportBatch(reported: 0);
        await ReadAllAsync(import, dialect, columns, refused, doneBefore: 0, static _ => Task.CompletedTask, cancellationToken);
        if (refused.Refused > 0)
        {
            var end = new ImportEnd(Import.Failed, "Rows were refused, so none was added.", Refused: refused.Refused);
            await EndAsync(import, end, refused.Errors, cancellationToken);
            return;
        }

        await using var transaction = await runs.BeginAsync(cancellationToken);
        var added = 0;
        await ReadAllAsync(import, dialect, columns, refused, import.Size, AddAsync, cancellationToken);
        await runs.EndAsync(transaction, import, new(Import.Completed, Added: added), [], cancellationToken);

        Task AddAsync(ImportBatch batch)
        {
            added += batch.Rows.Count;
            return runs.AddAsync(transaction, import, batch.Rows, cancellationToken);
        }
    }

    private async Task ReadAllAsync(
        Import import, CsvDialect dialect, ImportColumns columns, ImportBatch refused, long doneBefore, Func<ImportBatch, Task> use,
        CancellationToken cancellationToken)
    {
        await using var content = runs.ContentAsync(import, dialect.Start, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var reader = dialect.Reader(content);
        await reader.ReadAsync(cancellationToken);
        while (true)
        {
            var batch = await ReadAsync(columns, reader, refused.Refused, cancellationToken);
            if (batch.Position == 0) return;
            await use(batch);
            refused.AddRefused(batch);
            await runs.ReportAsync(import, (doneBefore + batch.Position) / 2, cancellationToken);
        }
    }

    // Empty at the end of the file.
    private static async Task<ImportBatch> ReadAsync(
        ImportColumns columns, CsvReader reader, int reported, CancellationToken cancellationToken)
    {
        var batch = new ImportBatch(reported);
        while (!batch.IsFull && await reader.ReadAsync(cancellationToken) is { } record) batch.Add(columns, record);
        return batch;
    }

    private async Task EndAsync(Import import, ImportEnd end, List<ImportError> errors, CancellationToken cancellationToken)
    {
        await using var transaction = await runs.BeginAsync(cancellationToken);
        await runs.EndAsync(transaction, import, end, errors, cancellationToken);
    }
}
