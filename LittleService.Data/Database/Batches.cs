using System.Text;
using LittleService.Jobs;
using LittleService.Jobs.Storage;

namespace LittleService.Data;

/// <summary>
/// Lets concurrent callers share a transaction: while one batch is written, the next gathers. Who comes alone waits for nobody.
/// </summary>
internal sealed class Batches<T>(Func<IReadOnlyList<T>, Task> write)
{
    // Two: one is filled while Postgres flushes the other.
    private const int Writers = 2;
    private const int Largest = 200;
    private readonly Lock _gate = new();
    private readonly Queue<(T Entry, TaskCompletionSource Written)> _waiting = [];
    private int _writers;

    /// <summary>Ends when the entry is written; fails with what is wrong with it, or with the database.</summary>
    public Task WriteAsync(T entry)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((entry, written));
            if (_writers == Writers) return written.Task;
            _writers++;
        }

        // Not as a part of the trace of whoever happens to start it.
        ThreadPool.UnsafeQueueUserWorkItem(static me => _ = me.WriteAllAsync(), this, preferLocal: false);
        return written.Task;
    }

    private async Task WriteAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<(T Entry, TaskCompletionSource Written)> batch)
    {
        try
        {
            await write(batch.ConvertAll(static each => each.Entry));
            foreach (var (_, written) in batch) written.SetResult();
        }
        catch (Exception exception) when (batch.Count > 1 && IsOfOneEntry(exception))
        {
            // Nothing of it is written. Each by itself, so that only whose fault it is hears of it.
            foreach (var each in batch) await WriteAsync([each]);
        }
        catch (Exception exception)
        {
            foreach (var (_, written) in batch) written.TrySetException(exception);
        }
    }

    // A job that was refused, text that cannot be encoded, or what Postgres says of a row.
    private static bool IsOfOneEntry(Exception exception) =>
        exception is JobRefusedException or EncoderFallbackException || exception.IsRowFault();

    private List<(T Entry, TaskCompletionSource Written)> Take()
    {
        var batch = new List<(T, TaskCompletionSource)>();
        lock (_gate)
        {
            while (batch.Count < Largest && _waiting.TryDequeue(out var each)) batch.Add(each);
            if (batch.Count == 0) _writers--;
        }

        return batch;
    }
}
