using System.Collections.Concurrent;

namespace LittleService.Jobs;

/// <summary>
/// Lets concurrent callers share a piece of work, such as a commit or a query: while one batch runs, the next is collected. A caller
/// without company does not wait.
/// </summary>
/// <typeparam name="TItem">The input of one caller.</typeparam>
/// <typeparam name="TResult">The output for one caller.</typeparam>
/// <param name="work">Processes a batch; returns a result for each, in order.</param>
/// <param name="largest">The maximum number of items in a batch.</param>
/// <param name="workers">How many batches run at the same time.</param>
/// <param name="isOfOne">Whether a failure may be caused by a single item. The batch must then have had no effect: each item is retried
/// alone, so that only the caller at fault gets the exception. By default no failure is.</param>
public sealed class Batcher<TItem, TResult>(
    Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> work, int largest, int workers = 1, Func<Exception, bool>? isOfOne = null)
{
    private readonly ConcurrentQueue<Entry> _waiting = new();
    private int _working;

    /// <summary>Completes with the item's result, or fails with what is wrong with it or with the work.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Gives up waiting; an item that is not in a running batch yet is removed.</param>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellationToken)
    {
        var entry = new Entry(item);
        _waiting.Enqueue(entry);
        StartWorker();
        try
        {
            return await entry.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            entry.TrySetCanceled(CancellationToken.None);
        }
    }

    private void StartWorker()
    {
        int working;
        do
        {
            if ((working = Volatile.Read(ref _working)) >= workers)
                return;
        }
        while (Interlocked.CompareExchange(ref _working, working + 1, working) != working);

        // The batch must not become part of the trace of the request that happens to start it.
        ThreadPool.UnsafeQueueUserWorkItem(static me => _ = me.WorkAsync(), this, preferLocal: false);
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await WorkAsync(batch);

            // Let the callers of the previous batch run first, so that what they add next joins this batch. Stop when nothing more is
            // added, or the batch is full.
            await Task.Yield();
            for (int seen = 0, now; (now = _waiting.Count) > seen && now < largest; seen = now)
                await Task.Yield();
        }

        Interlocked.Decrement(ref _working);

        // An item may have been added after the last check, while this worker was still counted as running.
        if (!_waiting.IsEmpty)
            StartWorker();
    }

    private List<Entry> Take()
    {
        var batch = new List<Entry>(Math.Min(largest, _waiting.Count));
        while (batch.Count < largest && _waiting.TryDequeue(out var entry))
        {
            if (!entry.Task.IsCompleted)
                batch.Add(entry);
        }

        return batch;
    }

    private async Task WorkAsync(List<Entry> batch)
    {
        try
        {
            var results = await work(batch.ConvertAll(static entry => entry.Item));
            for (var i = 0; i < batch.Count; i++)
                batch[i].TrySetResult(results[i]);
        }
        catch (Exception e) when (batch.Count > 1 && isOfOne?.Invoke(e) == true)
        {
            foreach (var entry in batch)
                await WorkAsync([entry]);
        }
        catch (Exception e)
        {
            // Any failure goes to the waiting callers, never to this loop.
            foreach (var entry in batch)
                entry.TrySetException(e);
        }
    }

    private sealed class Entry(TItem item) : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TItem Item { get; } = item;
    }
}
