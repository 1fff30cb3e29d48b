using System.Runtime.CompilerServices;
using System.Threading.RateLimiting;
using LittleService.Data.Imports;

namespace LittleService.Api.Imports;

/// <summary>
/// Sends the progress of an import until it has ended, the client has disconnected, or this process stops: the client then reconnects to
/// another.
/// </summary>
public sealed class ImportFollower(ImportStore store, TimeProvider time, IHostApplicationLifetime lifetime) : IDisposable
{
    /// <summary>How many may be followed at once by an account, on this replica: each asks the database twice a second.</summary>
    public const int MostPerAccount = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A client that is still connected reconnects.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly PartitionedRateLimiter<Guid> _places = PartitionedRateLimiter.Create<Guid, Guid>(
        static owner =>
            RateLimitPartition.GetConcurrencyLimiter(owner, static _ => new() { PermitLimit = MostPerAccount, QueueLimit = 0 }));

    /// <summary>A lease for one follower. Dispose it. It is not acquired when there are too many.</summary>
    public RateLimitLease TakePlace(Guid owner) => _places.AttemptAcquire(owner);

    public void Dispose() => _places.Dispose();

    public async Task<ImportView?> FindAsync(Guid owner, Guid id, CancellationToken cancellationToken) =>
        await store.FindAsync(owner, id, cancellationToken) is { } import
            ? ImportView.From(import, import.RowsRefused == 0 ? [] : await store.ErrorsAsync(id, cancellationToken))
            : null;

    public async IAsyncEnumerable<ImportView> FollowAsync(
        Guid owner, ImportView import, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var until = time.GetUtcNow() + Longest;
        for (var seen = import; seen is not null && time.GetUtcNow() < until; seen = await FindAsync(owner, import.Id, cancellationToken))
        {
            yield return seen;
            if (seen.FinishedAt is not null) yield break;
            await Task.Delay(Pause, time, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) yield break;
        }
    }
}
