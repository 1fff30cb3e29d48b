using LittleService.Jobs.Storage;
using LittleService.Jobs.Streams;
using Microsoft.Extensions.Options;
using Npgsql;
using StackExchange.Redis;

namespace LittleService.Jobs.Work;

/// <summary>
/// Rescues jobs of workers that sent no heartbeat for the length of a lease: expired leases in Postgres, and unfinished stream entries.
/// Every worker does this; a job is rescued once, since the rescue increments its token.
/// </summary>
internal sealed class Rescuer(
    JobStreams streams, JobDatabase database, Completer completer, Consumer consumer, IOptions<JobOptions> options, TimeProvider time)
    : Duty(time)
{
    private const int Most = 100;
    private long? _blindAt;
    private readonly IReadOnlyList<(string Queue, JobPriority Priority)> _streams = options.Value.Streams();

    protected override TimeSpan Period => options.Value.Lease / 4;

    // While Postgres is away no lease can be renewed: once it is back, live workers get one lease to do so.
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_blindAt is not { } blind || Time.GetElapsedTime(blind) > options.Value.Lease)
                await RescueAsync(cancellationToken);
            else
                await JobLeases.RescueExpiredAsync(database.Source, options.Value.Crashes, most: 0, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            _blindAt = Time.GetTimestamp();
            throw;
        }
    }

    private async Task RescueAsync(CancellationToken cancellationToken)
    {
        Count(await JobLeases.RescueExpiredAsync(database.Source, options.Value.Crashes, Most, cancellationToken));
        if (!streams.IsUp)
            return;
        foreach (var (queue, priority) in _streams)
            await TakeOverAsync(streams.Key(queue, priority), cancellationToken);
    }

    private async Task TakeOverAsync(string key, CancellationToken cancellationToken)
    {
        var idle = await IdleAsync(key);
        if (idle.Count == 0)
            return;
        var jobs = idle.SelectMany(
            taken => (Envelope.Read(taken.Entry.Body) ?? []).Select(job => new LostJob(job.Id, job.Token, taken.Worker))).ToList();
        Count(await JobLeases.RescueNamedAsync(database.Source, jobs, options.Value.Crashes, cancellationToken));
        foreach (var (entry, _) in idle)
            completer.Remove(entry);
        await completer.RemoveEntriesAsync();
        if (idle.Count == Most)
            RunAgainSoon();
    }

    private async Task<List<(JobStreamEntry Entry, string Worker)>> IdleAsync(string key)
    {
        try
        {
            return await streams.TakeOverAsync(consumer.Name, key, options.Value.Lease, Most);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            // A new or flushed Redis; the fetcher creates the group.
            return [];
        }
    }

    private static void Count(List<(string Queue, string Kind)> kinds)
    {
        foreach (var kind in kinds.CountBy(kind => kind))
            JobTelemetry.Rescued(kind.Key.Queue, kind.Key.Kind, kind.Value);
    }
}
