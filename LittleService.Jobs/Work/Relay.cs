using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace LittleService.Jobs.Work;

/// <summary>
/// The way in from Postgres: jobs whose time has come, jobs that no stream names (the enqueuer died before it could send them, Redis lost
/// them), and all jobs while Redis cannot be reached or its streams cannot be read. Every worker does this; SKIP LOCKED keeps them apart,
/// so no leader is needed.
/// </summary>
internal sealed class Relay(
    JobStreams streams, FastPath fastPath, HeldJobs held, Leases leases, JobClaims claims, DirectClaims direct, Queues queues,
    LimitedClaims limited,
    IOptions<JobOptions> options, TimeProvider time)
    : Duty(time)
{
    private const int Most = 500;

    // Longer than it takes from the insert to the send, and than it takes a worker to lease what it holds.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private long _lastSweep;
    private long? _downSince;
    private bool _leased;

    protected override TimeSpan Period => options.Value.Poll;

    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        await queues.LoadAsync(cancellationToken);
        await TakeDueAsync(cancellationToken);
        if (!streams.IsUp || fastPath.IsBroken)
            await TakeWithoutRedisAsync(cancellationToken);
        else if (_lastSweep == 0 || Time.GetElapsedTime(_lastSweep) > TimeSpan.FromSeconds(1))
            await SweepAsync(cancellationToken);
    }

    // Redis is back when it has answered: one that is connected and silent is away.
    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await direct.LoadAsync(cancellationToken);
        if (await OldestAsync() is { } ages)
        {
            (_downSince, _leased) = (null, false);
            await TakeAsync(JobSource.Postgres, most => claims.AvailableAsync(ages, most, cancellationToken));
        }

        _lastSweep = Time.GetTimestamp();
    }

    private async Task TakeDueAsync(CancellationToken cancellationToken)
    {
        var now = Ages(TimeSpan.Zero);
        await TakeAsync(JobSource.Due, most => claims.DueAsync(now, most, cancellationToken));
        await TakeAsync(JobSource.Due, most => limited.TakeAsync(queues.Open, most, cancellationToken));
        if (!held.HasSuspect)
            await TakeSuspectAsync(now, cancellationToken);
    }

    // One at a time, so that only the guilty one burns its last crash.
    private async Task TakeSuspectAsync(List<StreamAge> now, CancellationToken cancellationToken)
    {
        var suspects = await claims.SuspectsAsync(now, 1, cancellationToken);
        if (suspects.Count == 0)
            return;
        held.Add(new(null, suspects, Time.GetTimestamp()), JobSource.Due);
        RunAgainSoon();
    }

    // First every worker must have had the time to lease what it took from the streams, and to hear that entries are to be looked up.
    // That costs a look-up per entry, so a connection that is just being made is waited for.
    private async Task TakeWithoutRedisAsync(CancellationToken cancellationToken)
    {
        _downSince ??= Time.GetTimestamp();
        var down = Time.GetElapsedTime(_downSince.Value);
        if (down < Patience)
            return;
        await direct.NoteAsync(cancellationToken);
        if (!_leased)
        {
            await leases.RenewAllAsync(cancellationToken);
            _leased = true;
        }
        else if (down > Patience + Slack)
        {
            await TakeAsync(JobSource.Postgres, most => claims.AvailableAsync(Ages(TimeSpan.Zero), most, cancellationToken));
        }
    }

    private async Task TakeAsync(JobSource source, Func<int, Task<List<HeldJob>>> claim)
    {
        for (int room; (room = Math.Min(Most, (2 * options.Value.Concurrency) - held.Count)) > 0;)
        {
            var jobs = await claim(room);
            if (jobs.Count > 0)
                held.Add(new(null, jobs, Time.GetTimestamp()), source);
            if (jobs.Count < room)
                return;
        }

        RunAgainSoon();
    }

    private List<StreamAge> Ages(TimeSpan age) => [.. queues.Open.Select(stream => new StreamAge(stream.Queue, stream.Priority, age))];

    // Entries leave a stream only after their jobs have left 'available', so what is older than the first entry is in no stream.
    // Ages rather than times: the clocks of Redis, Postgres and this machine need not agree.
    private async Task<List<StreamAge>?> OldestAsync()
    {
        try
        {
            var ages = new List<StreamAge>();
            foreach (var (queue, priority) in queues.Open)
            {
                var (oldest, now) = await streams.OldestAsync(streams.Key(queue, priority));
                ages.Add(new(queue, priority, (now - (oldest ?? now)) + Slack));
            }

            return ages;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            streams.Distrust();
            return null;
        }
    }
}
