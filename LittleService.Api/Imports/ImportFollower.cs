using System.Runtime.CompilerServices;
using LittleService.Data.Imports;

namespace LittleService.Api.Imports;

/// <summary>Tells about an import again and again until it has ended, the client has gone, or this process stops: another will go on telling.</summary>
public sealed class ImportFollower(ImportStore store, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public async Task<ImportView?> FindAsync(Guid owner, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(owner, id, cancellationToken) is { } import
            ? ImportView.From(import, import.RowsRefused == 0 ? [] : await store.ErrorsAsync(id, cancellationToken))
            : null;

    public async IAsyncEnumerable<ImportView> FollowAsync(Guid owner, ImportView import, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        for (var seen = import; seen is not null; seen = await FindAsync(owner, import.Id, cancellationToken))
        {
            yield return seen;
            if (seen.FinishedAt is not null) yield break;
            await Task.Delay(Pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) yield break;
        }
    }
}
