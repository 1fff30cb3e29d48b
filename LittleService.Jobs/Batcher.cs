using System.Collections.Concurrent;

namespace LittleService.Jobs;

/// <summary>
/// Lets concurrent callers share a piece of work, such as a commit or a query: while one batch is at work, the next gathers. Who comes
/// alone waits for nobody.
/// </summary>
/// <typeparam name="TItem">What a caller brings.</typeparam>
/// <typeparam name="TResult">What it gets.</typeparam>
/// <param name="work">Works on the items of a batch; returns a result for each, in order.</param>
/// <param name="largest">The most items of a batch.</param>
/// <param name="workers">How many batches are at work at once.</param>
/// <param name="isOfOne">Whether a failure may be the fault of a single item. Then nothing of the batch may have been done: each is tried
/// by itself, so that only the caller at fault gets the exception. By default no failure is.</param>
public sealed class Batcher<TItem, TResult>(
    Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> work, int largest, int workers = 1, Func<Exception, bool>? isOfOne = null)
{
    private readonly ConcurrentQueue<Entry> _waiting = new();
    private int _working;

    /// <summary>Completes with the item's result, or fails with what is wrong with it or with the work.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Gives up waiting; an item whose work has not begun by then is left out.</param>
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

        // Not as a part of the trace of whoever happens to start it.
        ThreadPool.UnsafeQueueUserWorkItem(static me => _ = me.WorkAsync(), this, preferLocal: false);
    }

    private async Task WorkAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await WorkAsync(batch);

            // Those who waited for it go first: what they bring next shares the next batch. Until no more are added, or there are enough.
            await Task.Yield();
            for (int seen = 0, now; (now = _waiting.Count) > seen && now < largest; seen = now)
                await Task.Yield();
        }

        Interlocked.Decrement(ref _working);

        // One that was added after the last look, while this worker still counted.
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
            // Whatever it is, it belongs to the callers that wait, not to this loop.
            foreach (var entry in batch)
                entry.TrySetException(e);
        }
    }

    private sealed class Entry(TItem item) : TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TItem Item { get; } = item;
    }
}
