using Npgsql;

namespace LittleService.Data.Hello;

/// <summary>
/// Deals the numbers of the Hello page: unique and without a gap, across requests, replicas and restarts.
/// Requests that come while an update is under way share the next one (group commit), so the rate is not bound to one disk flush per
/// request. A number belongs to a request, not to a browser: when a request ends after it was counted but before it was answered (the
/// client left, or the connection to the database broke during the commit), its number is used up all the same, and no other request is
/// given it.
/// </summary>
public sealed class VisitCounter(NpgsqlDataSource database, DatabaseWatch watch)
{
    private readonly Lock _gate = new();
    private List<Visit> _waiting = [];
    private bool _busy;

    /// <summary>
    /// The next number. Fails with what the database said, together with every request that shared or awaited the same update.
    /// </summary>
    public async Task<long> NextAsync(CancellationToken cancellationToken)
    {
        var visit = new Visit();
        await using var leaving = cancellationToken.UnsafeRegister(static visit => ((Visit)visit!).TrySetCanceled(), visit);
        try
        {
            return await watch.WaitAsync(() => Join(visit));
        }
        finally
        {
            // Nobody waits any longer, whatever the reason: if it was not counted yet, it will not be.
            visit.TrySetCanceled(CancellationToken.None);
        }
    }

    // The first in a quiet moment serves all who come until it is quiet again.
    private Task<long> Join(Visit visit)
    {
        lock (_gate)
        {
            _waiting.Add(visit);
            if (_busy) return visit.Task;
            _busy = true;
        }

        _ = ServeAsync();
        return visit.Task;
    }

    private async Task ServeAsync()
    {
        var batch = new List<Visit>();
        while (TakeWaiting(ref batch))
        {
            try
            {
                // Who left before being counted costs no number.
                batch.RemoveAll(static visit => visit.Task.IsCompleted);
                if (batch.Count > 0) Deal(batch, await AddAsync(batch.Count));
            }
            catch (Exception exception)
            {
                Fail(batch, exception);
            }

            batch.Clear();
        }
    }

    private bool TakeWaiting(ref List<Visit> batch)
    {
        lock (_gate)
        {
            (batch, _waiting) = (_waiting, batch);
            return _busy = batch.Count > 0;
        }
    }

    private async Task<long> AddAsync(int count)
    {
        await using var command = database.CreateCommand("update visits set count = count + $1 returning count");
        command.CommandTimeout = 5;
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = count });
        return (long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }

    private static void Deal(List<Visit> batch, long last)
    {
        var number = last - batch.Count;
        foreach (var visit in batch) visit.TrySetResult(++number);
    }

    // Those who came during a failed attempt fail with it: waiting for an attempt of their own would double the time to a clear answer.
    private void Fail(List<Visit> batch, Exception exception)
    {
        lock (_gate)
        {
            batch.AddRange(_waiting);
            _waiting.Clear();
        }

        foreach (var visit in batch) visit.TrySetException(exception);
    }

    private sealed class Visit() : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
}
