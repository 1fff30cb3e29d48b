using System.Collections.Concurrent;
using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;

namespace LittleService.Jobs;

/// <summary>
/// Lets concurrent enqueues share a commit: while one batch is on its way to Postgres, the next gathers. A job that comes alone waits for
/// nobody.
/// </summary>
internal sealed class GroupCommit(JobDatabase database, JobStreams streams)
{
    private const int Largest = 1000;

    private readonly ConcurrentQueue<NewJob> _waiting = new();
    private int _writing;

    public Task<Guid> StoreAsync(NewJob job)
    {
        _waiting.Enqueue(job);
        StartWriter();
        return job.Stored!.Task;
    }

    // One: two would halve the batches, and a commit costs both processes more than the rows in it.
    private void StartWriter()
    {
        // Not as a part of the trace of whoever happens to start it.
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static me => _ = me.WriteAsync(), this, preferLocal: false);
    }

    private async Task WriteAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await WriteAsync(batch);

            // Those who waited for it go first: what they enqueue next shares the next commit. Until no more are added, or there are
            // enough.
            await Task.Yield();
            for (int seen = 0, now; (now = _waiting.Count) > seen && now < Largest; seen = now)
                await Task.Yield();
        }

        Interlocked.Exchange(ref _writing, 0);

        // A job that was added after the last look, while this writer still counted.
        if (!_waiting.IsEmpty)
            StartWriter();
    }

    private List<NewJob> Take()
    {
        var batch = new List<NewJob>(Math.Min(Largest, _waiting.Count));
        while (batch.Count < Largest && _waiting.TryDequeue(out var job))
            batch.Add(job);
        return batch;
    }

    private async Task WriteAsync(List<NewJob> batch)
    {
        try
        {
            await using (var connection = await database.Source.OpenConnectionAsync())
                await JobInserts.StoreAsync(connection, null, batch, CancellationToken.None);
            streams.Publish(batch);
            foreach (var job in batch)
                job.Stored!.SetResult(job.StoredId);
        }
        catch (Exception e) when (batch.Count > 1 && e.IsRowFault())
        {
            // Nothing of it is stored. Each by itself, so that only whose fault it is hears of it.
            foreach (var job in batch)
                await WriteAsync([job]);
        }
        catch (Exception e)
        {
            // Whatever it is, it belongs to the callers that wait, not to this loop.
            foreach (var job in batch)
                job.Stored!.TrySetException(e);
        }
    }
}
