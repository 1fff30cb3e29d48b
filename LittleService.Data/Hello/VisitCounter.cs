using Npgsql;

namespace LittleService.Data.Hello;

/// <summary>
/// Deals the numbers of the Hello page: unique and without a gap, across requests, replicas and restarts.
/// Requests that come while an update is under way share the next one (group commit), so the rate is not bound to one disk flush per request.
/// A number belongs to a request, not to a browser: when the answer is lost on its way, or the commit's outcome is, the number was still used.
/// </summary>
public sealed class VisitCounter(NpgsqlDataSource database)
{
    private readonly Lock _gate = new();
    private List<Visit> _waiting = [];
    private bool _busy;

    /// <summary>The next number. Fails with what the database said, together with every request that shared or awaited the same update.</summary>
    public Task<long> NextAsync(CancellationToken cancellationToken)
    {
        var visit = new Visit(cancellationToken);
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
                // Who left before being counted costs no number. From here on nobody leaves: each counted request is dealt its own.
                batch.RemoveAll(static visit => visit.TryLeave());
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
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = count });
        return (long)(await command.ExecuteScalarAsync(CancellationToken.None))!;
    }

    private static void Deal(List<Visit> batch, long last)
    {
        var number = last - batch.Count;
        foreach (var visit in batch) visit.SetResult(++number);
    }

    // Those who came during a failed attempt fail with it: waiting for an attempt of their own would double the time to a clear answer.
    private void Fail(List<Visit> batch, Exception exception)
    {
        foreach (var visit in batch) visit.SetException(exception);
        var late = new List<Visit>();
        lock (_gate) (late, _waiting) = (_waiting, late);
        foreach (var visit in late) visit.SetException(exception);
    }

    private sealed class Visit(CancellationToken cancellationToken) : TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public bool TryLeave() => cancellationToken.IsCancellationRequested && TrySetCanceled(cancellationToken);
    }
}
