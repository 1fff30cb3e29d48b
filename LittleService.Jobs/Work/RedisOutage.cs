using LittleService.Jobs.Streams;

namespace LittleService.Jobs.Work;

/// <summary>
/// The steps before jobs that may also be in a stream are claimed from Postgres: await a connection that is being made; tell all workers to
/// look entries up; lease what this worker took from the streams; and claim when every other worker has had the time to do the same.
/// </summary>
internal sealed class RedisOutage(JobStreams streams, FastPath fastPath, DirectClaims direct, Leases leases, TimeProvider time)
{
    /// <summary>Longer than it takes from the insert to the send, and than it takes a worker to lease what it holds.</summary>
    public static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private long? _since;
    private bool _leased;

    /// <summary>Whether Redis cannot be reached, or its streams cannot be read.</summary>
    public bool IsOn => !streams.IsUp || fastPath.IsBroken;

    /// <summary>Takes the next step. True when jobs may be claimed.</summary>
    public async Task<bool> ProceedAsync(CancellationToken cancellationToken)
    {
        _since ??= time.GetTimestamp();
        var lasted = time.GetElapsedTime(_since.Value);
        if (lasted < Patience)
            return false;
        await direct.NoteAsync(cancellationToken);
        if (_leased)
            return lasted > Patience + Slack;
        await leases.RenewAllAsync(cancellationToken);
        _leased = true;
        return false;
    }

    /// <summary>Redis has answered: one that is connected and silent is still away.</summary>
    public void End() => (_since, _leased) = (null, false);
}
