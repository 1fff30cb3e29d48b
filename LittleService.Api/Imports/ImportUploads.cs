using LittleService.Data.Accounts;
using LittleService.Data.Imports;

namespace LittleService.Api.Imports;

/// <summary>
/// Stores uploads in the database, in chunks: any replica can receive one, any worker can read it, and neither holds more than a chunk.
/// </summary>
public sealed class ImportUploads(ImportStore store)
{
    /// <summary>The most bytes of an upload.</summary>
    public const long Largest = 50 * 1024 * 1024;

    /// <summary>The import, waiting for a worker; or what is wrong with the first line.</summary>
    public async Task<(Import? Import, string? Problem)> TakeAsync(
        Stream upload, string mode, Caller caller, CancellationToken cancellationToken)
    {
        var piece = await ReadAsync(upload, cancellationToken);
        if (await ProblemOfAsync(piece, cancellationToken) is { } problem) return (null, problem);
        var id = await store.BeginAsync(caller.AccountId, caller.Name, mode, cancellationToken);
        try
        {
            var size = 0L;
            for (var number = 0; piece.Length > 0; number++)
            {
                await store.AddChunkAsync(id, number, piece, cancellationToken);
                size += piece.Length;
                piece = piece.Length < ImportStore.ChunkSize ? [] : await ReadAsync(upload, cancellationToken);
            }

            return (await store.StartAsync(id, size, cancellationToken), null);
        }
        catch
        {
            await store.DropAsync(id, CancellationToken.None);
            throw;
        }
    }

    // Filled to the end but for the last: where a piece begins follows from its number.
    private static async Task<byte[]> ReadAsync(Stream upload, CancellationToken cancellationToken)
    {
        var piece = new byte[ImportStore.ChunkSize];
        var length = await upload.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken);
        return length == piece.Length ? piece : piece[..length];
    }

    private static async Task<string?> ProblemOfAsync(byte[] piece, CancellationToken cancellationToken)
    {
        if (CsvDialect.Read(piece, out var problem) is not { } dialect) return problem;
        await using var bytes = OneAsync(piece[dialect.Start..]).GetAsyncEnumerator(cancellationToken);
        ImportColumns.Read(await dialect.Reader(bytes).ReadAsync(cancellationToken), out problem);
        return problem;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> OneAsync(byte[] piece)
    {
        await Task.CompletedTask;
        yield return piece;
    }
}
